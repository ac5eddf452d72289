resource "aws_ecs_service" "main" {
  for_each        = local.services
  name            = each.value.name
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.service[each.key].arn
  desired_count   = each.value.min
  launch_type     = "FARGATE"

  # `small` is exactly one, also while deploying. Its data are SQLite files: several processes of one machine may share
  # them, two machines may not, for WAL keeps its index in shared memory. The old task is stopped before the new one
  # starts; the price is a pause of about a minute at each deployment. Jobs are on disk and go on afterwards.
  # The others are replaced one by one, the new before the old.
  deployment_minimum_healthy_percent = local.is_cloud ? 100 : 0
  deployment_maximum_percent         = local.is_cloud ? 200 : 100

  health_check_grace_period_seconds = each.value.is_public ? 60 : null
  enable_execute_command            = var.allow_exec
  propagate_tags                    = "SERVICE"

  network_configuration {
    subnets          = aws_subnet.public[*].id
    security_groups  = [aws_security_group.task[each.key].id]
    assign_public_ip = true
  }

  dynamic "load_balancer" {
    for_each = each.value.is_public ? [1] : []
    content {
      target_group_arn = aws_lb_target_group.service.arn
      container_name   = "gepeto"
      container_port   = local.port
    }
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  # How many there are is the scaling's affair, which revision runs that of scripts/deploy.
  lifecycle {
    ignore_changes = [desired_count, task_definition]
  }

  # Without these the first task would start before it can be reached, read its secrets or mount its folder.
  depends_on = [
    aws_lb_listener_rule.api,
    aws_lb_listener_rule.page,
    aws_iam_role_policy.execution,
    aws_iam_role_policy.task_cloud,
    aws_iam_role_policy.task_files,
    aws_efs_file_system_policy.data,
    aws_efs_mount_target.data,
    aws_route.internet,
  ]
}
