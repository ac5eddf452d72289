# Roles. The execution role is used by ECS before the program runs (image, logs, secrets); a task role is the program's own.
# Each task role has what its part of the program does, on what was made here, and nothing else.

data "aws_iam_policy_document" "ecs_tasks" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
    # Not on behalf of somebody else's cluster.
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

# --- Before the program runs

resource "aws_iam_role" "execution" {
  name               = "${var.name}-execution"
  assume_role_policy = data.aws_iam_policy_document.ecs_tasks.json
}

data "aws_iam_policy_document" "execution" {
  statement {
    sid       = "RegistryToken"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }
  statement {
    sid       = "Image"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = [aws_ecr_repository.image.arn]
  }
  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = [for group in aws_cloudwatch_log_group.service : "${group.arn}:*"]
  }
  statement {
    sid       = "Secrets"
    actions   = ["ssm:GetParameters"]
    resources = values(local.parameter_arns)
  }
  dynamic "statement" {
    for_each = var.secrets_key_arn == null ? [] : [var.secrets_key_arn]
    content {
      sid       = "SecretsKey"
      actions   = ["kms:Decrypt"]
      resources = [statement.value]
    }
  }
}

resource "aws_iam_role_policy" "execution" {
  name   = "execution"
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.execution.json
}

# --- The program

resource "aws_iam_role" "task" {
  for_each           = local.services
  name               = "${each.value.name}-task"
  assume_role_policy = data.aws_iam_policy_document.ecs_tasks.json
}

data "aws_iam_policy_document" "task_files" {
  count = local.is_files ? 1 : 0
  statement {
    sid       = "Folder"
    actions   = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    resources = [aws_efs_file_system.data[0].arn]
    condition {
      test     = "StringEquals"
      variable = "elasticfilesystem:AccessPointArn"
      values   = [aws_efs_access_point.data[0].arn]
    }
  }
}

resource "aws_iam_role_policy" "task_files" {
  count  = local.is_files ? 1 : 0
  name   = "files"
  role   = aws_iam_role.task["all"].id
  policy = data.aws_iam_policy_document.task_files[0].json
}

data "aws_iam_policy_document" "task_cloud" {
  for_each = local.is_cloud ? local.services : {}

  # Also what a transaction consists of. No Scan: nothing in the program reads a whole table.
  statement {
    sid = "Table"
    actions = [
      "dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:DescribeTable",
      "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem",
    ]
    resources = [aws_dynamodb_table.main[0].arn, "${aws_dynamodb_table.main[0].arn}/index/gsi1"]
  }
  # The worker sends too: it lets the next question of a conversation in, and resends what was not confirmed.
  statement {
    sid = "Send"
    actions = concat(
      ["sqs:GetQueueAttributes", "sqs:SendMessage"],
      each.key == "worker" ? ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"] : [],
    )
    resources = values(aws_sqs_queue.jobs)[*].arn
  }
  # Moving messages back is asked of the API; SQS wants these rights of whoever asks.
  dynamic "statement" {
    for_each = each.key == "api" ? [1] : []
    content {
      sid = "Redrive"
      actions = [
        "sqs:CancelMessageMoveTask", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ListMessageMoveTasks",
        "sqs:ReceiveMessage", "sqs:StartMessageMoveTask",
      ]
      resources = values(aws_sqs_queue.dead_letters)[*].arn
    }
  }
  statement {
    sid       = "Documents"
    actions   = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.documents[0].arn}/${local.documents_prefix}/*"]
  }
  # Without it a missing object is answered 403 and looks like a missing permission.
  statement {
    sid       = "DocumentList"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.documents[0].arn]
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["${local.documents_prefix}/*"]
    }
  }
  # A task with a job in hand asks not to be chosen when the service shrinks.
  dynamic "statement" {
    for_each = each.key == "worker" ? [1] : []
    content {
      sid       = "Protection"
      actions   = ["ecs:GetTaskProtection", "ecs:UpdateTaskProtection"]
      resources = ["${local.arn}:ecs:${var.region}:${local.account}:task/${var.name}/*"]
    }
  }
  dynamic "statement" {
    for_each = var.data_key_arn == null ? [] : [var.data_key_arn]
    content {
      sid       = "DataKey"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]
    }
  }
  # Answers to those who came through API Gateway.
  dynamic "statement" {
    for_each = var.gateway ? [1] : []
    content {
      sid       = "Connections"
      actions   = ["execute-api:ManageConnections"]
      resources = ["${module.gateway[0].connections_arn}/*/@connections/*"]
    }
  }
}

resource "aws_iam_role_policy" "task_cloud" {
  for_each = local.is_cloud ? local.services : {}
  name     = "cloud"
  role     = aws_iam_role.task[each.key].id
  policy   = data.aws_iam_policy_document.task_cloud[each.key].json
}

# With GEPETO_SECRETS=ssm:… the program reads its secrets itself, again and again, so that a new one needs no deployment.
data "aws_iam_policy_document" "task_secrets" {
  count = var.secrets_path == null ? 0 : 1
  statement {
    sid       = "Secrets"
    actions   = ["ssm:GetParametersByPath"]
    resources = ["${local.arn}:ssm:${var.region}:${local.account}:parameter${var.secrets_path}"]
  }
  dynamic "statement" {
    for_each = var.secrets_key_arn == null ? [] : [var.secrets_key_arn]
    content {
      sid       = "SecretsKey"
      actions   = ["kms:Decrypt"]
      resources = [statement.value]
    }
  }
}

resource "aws_iam_role_policy" "task_secrets" {
  for_each = var.secrets_path == null ? {} : local.services
  name     = "secrets"
  role     = aws_iam_role.task[each.key].id
  policy   = data.aws_iam_policy_document.task_secrets[0].json
}

data "aws_iam_policy_document" "task_exec" {
  count = var.allow_exec ? 1 : 0
  statement {
    actions = [
      "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
      "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
    ]
    resources = ["*"]
  }
}

resource "aws_iam_role_policy" "task_exec" {
  for_each = var.allow_exec ? local.services : {}
  name     = "exec"
  role     = aws_iam_role.task[each.key].id
  policy   = data.aws_iam_policy_document.task_exec[0].json
}
