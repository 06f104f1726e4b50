// Parse Server with live queries of the class Post. Settings come as DATABASE_URL and PORT.
import { createServer } from "node:http";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { ParseServer } = require("parse-server");
const express = createRequire(require.resolve("parse-server"))("express");

const url = `http://127.0.0.1:${process.env.PORT}/parse`;
const parse = new ParseServer({
  databaseURI: process.env.DATABASE_URL,
  appId: "bench",
  masterKey: "bench",
  serverURL: url,
  publicServerURL: url,
  liveQuery: { classNames: ["Post"] },
  silent: true,
  logsFolder: null,
});
await parse.start();
const app = express();
app.use("/parse", parse.app);
const server = createServer(app);
server.keepAliveTimeout = 0; // The writer's connections stay, however long it pauses.
ParseServer.createLiveQueryServer(server);
server.listen(Number(process.env.PORT), "127.0.0.1");
