output "chat_url" {
  description = "POST questions here."
  value       = "${aws_apigatewayv2_api.http.api_endpoint}/chat"
}

output "socket_url" {
  description = "Connect here."
  value       = "${aws_apigatewayv2_api.socket.api_endpoint}/${local.stage}"
}

output "connections_url" {
  description = "Where frames for open sockets are posted: GEPETO_CONNECTIONS."
  value       = "${replace(aws_apigatewayv2_api.socket.api_endpoint, "wss://", "https://")}/${local.stage}"
}

output "connections_arn" {
  description = "Prefix of what may be done with open sockets."
  value       = "${aws_apigatewayv2_api.socket.execution_arn}/${local.stage}"
}
