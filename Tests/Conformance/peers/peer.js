// An HTTP server that reads every body and answers 200, for http_peers.py. Prints its port.
const server = require("http").createServer((request, response) => {
  request.on("end", () => response.end("ok"));
  request.on("error", () => {});
  request.resume();
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
