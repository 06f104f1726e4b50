// Prostgles over socket.io: everything may be read, nobody signs in. Settings come as PG* variables and PORT.
import { createServer } from "node:http";
import prostgles from "prostgles-server";
import { Server } from "socket.io";

const server = createServer((request, response) => response.end("ready"));
const io = new Server(server, { transports: ["websocket"] });

await prostgles({
  dbConnection: {
    host: process.env.PGHOST,
    port: Number(process.env.PGPORT),
    database: process.env.PGDATABASE,
    user: process.env.PGUSER,
    password: process.env.PGPASSWORD,
  },
  io,
  publish: () => ({ posts: { select: { fields: "*" }, subscribe: true } }),
  onReady: () => server.listen(Number(process.env.PORT), "127.0.0.1"),
});
