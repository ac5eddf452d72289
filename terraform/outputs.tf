output "load_balancer" {
  description = "Point the host of public_url here (CNAME, or an alias record)."
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

output "log_group" {
  description = "Where the service's log lines are."
  value       = aws_cloudwatch_log_group.service.name
}

output "cluster" {
  description = "For `aws ecs` commands."
  value       = aws_ecs_cluster.main.name
}
