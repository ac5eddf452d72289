# Optional: API Gateway and a function beside the load balancer, for the asynchronous questions only. The function takes
# questions and notes whose sockets there are; the tasks answer, and post to the sockets.
#
# Sessions are in Redis, so the function is inside the network, in the subnets without a way to the internet: it reaches
# what has an endpoint there, and nothing else. That is why it does not post to sockets itself: `@connections` of a
# WebSocket API has no endpoint.

module "gateway" {
  count  = var.gateway ? 1 : 0
  source = "./modules/gateway"

  name               = "${var.name}-gateway"
  image              = "${aws_ecr_repository.image.repository_url}:${coalesce(var.gateway_image_tag, "lambda-${var.image_tag}")}"
  environment        = merge(local.environment, { GEPETO_ROLE = "api" })
  policy             = data.aws_iam_policy_document.gateway[0].json
  log_retention_days = var.log_retention_days
  subnet_ids         = aws_subnet.inner[*].id
  security_group_ids = [aws_security_group.function[0].id]
}

# Taking questions needs the table, the queue and the names of the courses. A function gets no secrets from ECS, so it reads
# them itself.
data "aws_iam_policy_document" "gateway" {
  count = var.gateway ? 1 : 0
  statement {
    sid = "Table"
    actions = [
      "dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:DescribeTable",
      "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem",
    ]
    resources = [aws_dynamodb_table.main[0].arn, "${aws_dynamodb_table.main[0].arn}/index/gsi1"]
  }
  statement {
    sid       = "Queues"
    actions   = ["sqs:GetQueueAttributes"]
    resources = values(aws_sqs_queue.jobs)[*].arn
  }
  statement {
    sid       = "Send"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.jobs["questions"].arn]
  }
  statement {
    sid       = "Courses"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.documents[0].arn}/${local.documents_prefix}/courses/*"]
  }
  statement {
    sid       = "CourseList"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.documents[0].arn]
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["${local.documents_prefix}/courses/*"]
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
  source_policy_documents = [data.aws_iam_policy_document.task_secrets[0].json]
}

# Beside the secrets that people make: the address of Redis has the password.
resource "aws_ssm_parameter" "gateway_sessions" {
  count  = var.gateway ? 1 : 0
  name   = "${var.secrets_path}/GEPETO_SESSIONS"
  type   = "SecureString"
  key_id = var.secrets_key_arn
  value  = aws_ssm_parameter.sessions[0].value
}

# --- What it may speak to

resource "aws_security_group" "function" {
  count       = var.gateway ? 1 : 0
  name        = "${var.name}-function"
  description = "Nobody to the function"
  vpc_id      = aws_vpc.main.id
}

resource "aws_vpc_security_group_egress_rule" "function_to_https" {
  count             = var.gateway ? 1 : 0
  security_group_id = aws_security_group.function[0].id
  description       = "Endpoints: table, documents, queue, secrets"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "function_to_cache" {
  count                        = var.gateway ? 1 : 0
  security_group_id            = aws_security_group.function[0].id
  description                  = "Redis over TLS"
  referenced_security_group_id = aws_security_group.cache[0].id
  ip_protocol                  = "tcp"
  from_port                    = 6379
  to_port                      = 6379
}

resource "aws_vpc_security_group_ingress_rule" "cache_from_function" {
  count                        = var.gateway ? 1 : 0
  security_group_id            = aws_security_group.cache[0].id
  description                  = "Redis over TLS"
  referenced_security_group_id = aws_security_group.function[0].id
  ip_protocol                  = "tcp"
  from_port                    = 6379
  to_port                      = 6379
}

resource "aws_security_group" "endpoints" {
  count       = var.gateway ? 1 : 0
  name        = "${var.name}-endpoints"
  description = "The network to the endpoints of SQS and Parameter Store"
  vpc_id      = aws_vpc.main.id
}

# Tasks too: inside the network the services' names stand for the endpoints.
resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  for_each = var.gateway ? merge(
    { for role, group in aws_security_group.task : role => group.id }, { function = aws_security_group.function[0].id },
  ) : {}
  security_group_id            = aws_security_group.endpoints[0].id
  description                  = "HTTPS"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_endpoint" "interface" {
  for_each            = var.gateway ? toset(["sqs", "ssm"]) : []
  vpc_id              = aws_vpc.main.id
  service_name        = "com.amazonaws.${var.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = aws_subnet.inner[*].id
  security_group_ids  = [aws_security_group.endpoints[0].id]
  private_dns_enabled = true
  tags                = { Name = "${var.name}-${each.key}" }
}
