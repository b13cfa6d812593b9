def serve(app, socket):
    socket.bind(("127.0.0.1", 8000))
    app.run(host="127.0.0.1", port=8000)
