resource "aws_ecr_repository" "image" {
  name                 = var.name
  image_tag_mutability = "IMMUTABLE"
  image_scanning_configuration {
    scan_on_push = true
  }
}

resource "aws_cloudwatch_log_group" "service" {
  name              = "/ecs/${var.name}"
  retention_in_days = var.log_retention_days
}

resource "aws_ecs_cluster" "main" {
  name = var.name
}

locals {
  environment = {
    GEPETO_AUTH         = "jwt"
    GEPETO_DATA         = "/data"
    GEPETO_HOST         = "0.0.0.0"
    GEPETO_JWT_AUDIENCE = var.jwt_audience
    GEPETO_JWT_ISSUER   = var.jwt_issuer
    GEPETO_LLM          = join(",", var.llm)
    GEPETO_PORT         = tostring(local.port)
    GEPETO_PUBLIC_URL   = var.public_url
  }
}

resource "aws_ecs_task_definition" "service" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "X86_64"
  }

  container_definitions = jsonencode([{
    name         = "gepeto"
    image        = "${aws_ecr_repository.image.repository_url}:${var.image_tag}"
    essential    = true
    command      = ["serve"]
    portMappings = [{ containerPort = local.port, protocol = "tcp" }]
    environment  = [for key, value in local.environment : { name = key, value = value }]
    secrets      = [for key, arn in local.parameter_arns : { name = key, valueFrom = arn }]
    mountPoints  = [{ sourceVolume = "data", containerPath = "/data", readOnly = false }]
    healthCheck  = { command = ["CMD", "container-health"], interval = 10, timeout = 5, retries = 3, startPeriod = 20 }

    # More than the service's 25 s of draining, so that SIGKILL never meets a job in hand.
    stopTimeout     = 30
    linuxParameters = { initProcessEnabled = true, capabilities = { drop = ["ALL"] } }

    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.service.name
        awslogs-region        = var.region
        awslogs-stream-prefix = "gepeto"
        # A slow log must never hold up an answer; past 4 MiB lines are dropped.
        mode            = "non-blocking"
        max-buffer-size = "4m"
      }
    }
  }])

  volume {
    name = "data"
    dynamic "efs_volume_configuration" {
      for_each = var.durable ? [1] : []
      content {
        file_system_id     = aws_efs_file_system.data[0].id
        transit_encryption = "ENABLED"
        authorization_config {
          access_point_id = aws_efs_access_point.data[0].id
          iam             = "ENABLED"
        }
      }
    }
  }

  dynamic "ephemeral_storage" {
    for_each = var.durable ? [] : [var.ephemeral_gib]
    content {
      size_in_gib = ephemeral_storage.value
    }
  }
}

resource "aws_ecs_service" "main" {
  name            = var.name
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.service.arn
  launch_type     = "FARGATE"

  # Exactly one, also while deploying. The data are SQLite files: several processes of one machine may share them, two
  # machines may not, for WAL keeps its index in shared memory. The old task is stopped before the new one starts; the
  # price is a pause of about a minute at each deployment. Jobs are on disk and go on afterwards.
  desired_count                      = 1
  deployment_minimum_healthy_percent = 0
  deployment_maximum_percent         = 100

  health_check_grace_period_seconds = 60
  enable_execute_command            = var.allow_exec
  propagate_tags                    = "SERVICE"

  network_configuration {
    subnets          = aws_subnet.public[*].id
    security_groups  = [aws_security_group.task.id]
    assign_public_ip = true
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.service.arn
    container_name   = "gepeto"
    container_port   = local.port
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  # Without these the first task would start before it can be reached, read its secrets or mount its folder.
  depends_on = [
    aws_lb_listener_rule.api,
    aws_lb_listener_rule.page,
    aws_iam_role_policy.execution,
    aws_iam_role_policy.task_files,
    aws_efs_file_system_policy.data,
    aws_efs_mount_target.data,
    aws_route.internet,
  ]
}
