resource "aws_ecs_cluster" "main" {
  name = var.name
  setting {
    name  = "containerInsights"
    value = var.container_insights ? "enabled" : "disabled"
  }
}

resource "aws_cloudwatch_log_group" "service" {
  for_each          = local.services
  name              = "/ecs/${each.value.name}"
  retention_in_days = var.log_retention_days
}

locals {
  documents_prefix = "gepeto"

  # One name for all of it, so that `gepeto serve --help` is the reference for each.
  environment = merge(
    {
      GEPETO_AUTH            = "jwt"
      GEPETO_DATA            = "/data"
      GEPETO_HOST            = "0.0.0.0"
      GEPETO_JWT_AUDIENCE    = var.jwt_audience
      GEPETO_JWT_ISSUER      = coalesce(var.jwt_issuer, local.public_url)
      GEPETO_LLM             = join(",", var.llm)
      GEPETO_METRICS_PORT    = tostring(local.metrics_port)
      GEPETO_PORT            = tostring(local.port)
      GEPETO_PUBLIC_URL      = local.public_url
      GEPETO_TRUSTED_PROXIES = join(",", aws_subnet.public[*].cidr_block)
    },
    local.is_cloud ? {
      AWS_REGION            = var.region
      GEPETO_DIRECTORY      = "dynamodb:${aws_dynamodb_table.main[0].name}"
      GEPETO_DOCUMENTS      = "s3://${aws_s3_bucket.documents[0].bucket}/${local.documents_prefix}"
      GEPETO_DOCUMENT_QUEUE = "sqs:${aws_sqs_queue.jobs["documents"].url}"
      GEPETO_HISTORY        = "dynamodb:${aws_dynamodb_table.main[0].name}"
      GEPETO_QUEUE          = "sqs:${aws_sqs_queue.jobs["questions"].url}"
    } : {},
    var.secrets_path == null ? {} : { GEPETO_SECRETS = "ssm:${var.secrets_path}" },
    var.settings,
  )
}

resource "aws_ecs_task_definition" "service" {
  for_each                 = local.services
  family                   = each.value.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = each.value.cpu
  memory                   = each.value.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task[each.key].arn
  # The newest revision counts, also one that scripts/deploy registered.
  track_latest = true

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "X86_64"
  }

  container_definitions = jsonencode([{
    name      = "gepeto"
    image     = "${aws_ecr_repository.image.repository_url}:${var.image_tag}"
    essential = true
    command   = ["serve"]
    user      = "${local.uid}:${local.uid}"
    # ECS cannot open a shell where its agent may not write.
    readonlyRootFilesystem = !var.allow_exec

    portMappings = each.value.is_public ? [{ containerPort = local.port, protocol = "tcp" }] : []
    environment = [
      for key, value in merge(
        local.environment,
        { GEPETO_ROLE = each.key },
        # Not a part of `environment`: the function of the gateway is told that too, and is made before it.
        var.gateway ? { GEPETO_CONNECTIONS = module.gateway[0].connections_url } : {},
      ) : { name = key, value = value }
    ]
    secrets = [for key, arn in local.parameter_arns : { name = key, valueFrom = arn }]
    mountPoints = [
      { sourceVolume = "data", containerPath = "/data", readOnly = false },
      { sourceVolume = "scratch", containerPath = "/tmp", readOnly = false },
    ]
    healthCheck = { command = ["CMD", "container-health"], interval = 10, timeout = 5, retries = 3, startPeriod = 30 }

    # More than the service's 25 s of draining, so that SIGKILL never meets a job in hand.
    stopTimeout     = 30
    linuxParameters = { initProcessEnabled = true, capabilities = { drop = ["ALL"] } }

    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.service[each.key].name
        awslogs-region        = var.region
        awslogs-stream-prefix = "gepeto"
        # A slow log must never hold up an answer; past 4 MiB lines are dropped.
        mode            = "non-blocking"
        max-buffer-size = "4m"
      }
    }
  }])

  # EFS for `small`; else the task's own disk, which only holds copies of course files.
  volume {
    name = "data"
    dynamic "efs_volume_configuration" {
      for_each = local.is_files ? [1] : []
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

  volume {
    name = "scratch"
  }

  ephemeral_storage {
    size_in_gib = var.ephemeral_gib
  }
}
