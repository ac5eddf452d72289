-- wrk: `-- post` asks a question again and again, as a student does; `-- get` only gets. Ends with one line of JSON.
function init(args)
   if args[1] == "post" then
      wrk.method = "POST"
      wrk.body = '{"message": "Qual é a diferença entre uma lista e uma pilha?", "course": "algoritmos"}'
      wrk.headers["Content-Type"] = "application/json"
   end
   if args[2] then wrk.headers["Authorization"] = "Bearer " .. args[2] end
end

function done(summary, latency)
   local wrong = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status
      + summary.errors.timeout
   io.write(string.format('{"requests": %d, "seconds": %.4f, "wrong": %d, "p50": %.3f, "p99": %.3f}\n',
      summary.requests, summary.duration / 1e6, wrong, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
