def serve(app, socket):
    socket.bind(("0.0.0.0", 8000))
    app.run(host="0.0.0.0", port=8000)
