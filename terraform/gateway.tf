# Optional: API Gateway and a function beside the load balancer, for the asynchronous questions only.

module "gateway" {
  count  = var.gateway ? 1 : 0
  source = "./modules/gateway"

  name               = "${var.name}-gateway"
  image              = "${aws_ecr_repository.image.repository_url}:${coalesce(var.gateway_image_tag, var.image_tag)}"
  environment        = merge(local.environment, { GEPETO_ROLE = "api" })
  policy             = data.aws_iam_policy_document.gateway[0].json
  log_retention_days = var.log_retention_days
}

# Taking questions needs the table and the queue, nothing of the documents. A function gets no secrets from ECS, so it reads
# them itself.
data "aws_iam_policy_document" "gateway" {
  count = var.gateway ? 1 : 0
  statement {
    sid = "Table"
    actions = [
      "dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:GetItem",
      "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem",
    ]
    resources = [aws_dynamodb_table.main[0].arn, "${aws_dynamodb_table.main[0].arn}/index/gsi1"]
  }
  statement {
    sid       = "Send"
    actions   = ["sqs:GetQueueAttributes", "sqs:SendMessage"]
    resources = [aws_sqs_queue.jobs[0].arn]
  }
  source_policy_documents = [data.aws_iam_policy_document.task_secrets[0].json]
}
