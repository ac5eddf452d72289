output "public_url" {
  description = "Where people go."
  value       = local.public_url
}

output "load_balancer" {
  description = "Without zone_id, point the domain here (CNAME, or an alias record)."
  value       = aws_lb.main.dns_name
}

output "load_balancer_zone" {
  description = "Hosted zone of the load balancer, for an alias record."
  value       = aws_lb.main.zone_id
}

output "repository" {
  description = "Push the image here."
  value       = aws_ecr_repository.image.repository_url
}

output "log_groups" {
  description = "Where the services' log lines are."
  value       = { for role, group in aws_cloudwatch_log_group.service : role => group.name }
}

output "cluster" {
  description = "For `aws ecs` commands."
  value       = aws_ecs_cluster.main.name
}

output "services" {
  description = "For `aws ecs` commands."
  value       = [for service in aws_ecs_service.main : service.name]
}

output "queue_url" {
  description = "Questions; null in `small`."
  value       = try(aws_sqs_queue.jobs["questions"].url, null)
}

output "dead_letters_url" {
  description = "Messages that nobody ended; null in `small`."
  value       = try(aws_sqs_queue.dead_letters["questions"].url, null)
}

output "document_queue_url" {
  description = "Documents to be read; null in `small`."
  value       = try(aws_sqs_queue.jobs["documents"].url, null)
}

output "document_dead_letters_url" {
  description = "The same for documents; null in `small`."
  value       = try(aws_sqs_queue.dead_letters["documents"].url, null)
}

output "table" {
  description = "Conversations, jobs and the directory; null in `small`."
  value       = one(aws_dynamodb_table.main[*].name)
}

output "documents" {
  description = "Bucket of originals and course files; null in `small`."
  value       = one(aws_s3_bucket.documents[*].bucket)
}

output "deployer" {
  description = "Role for .github/workflows/deploy.yml; null without github_repository."
  value       = one(aws_iam_role.deployer[*].arn)
}

output "gateway" {
  description = "Addresses of the API Gateway variant; null without it."
  value       = var.gateway ? { chat = module.gateway[0].chat_url, socket = module.gateway[0].socket_url } : null
}
