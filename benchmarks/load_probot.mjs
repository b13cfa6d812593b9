// The peer of the load benchmark: a Probot application that hears red runs and does nothing with them.
import { Probot, Server } from "probot";

const server = new Server({
  Probot: Probot.defaults({
    appId: 1,
    privateKey: process.env.PEER_KEY,
    secret: process.env.PEER_SECRET,
    logLevel: "fatal",
  }),
  host: "127.0.0.1",
  port: Number(process.env.PEER_PORT),
  webhookPath: "/webhooks/github",
});
await server.load((app) => {
  app.on("workflow_run.completed", async () => {});
});
await server.start();
