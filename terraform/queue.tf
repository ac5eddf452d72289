# Jobs. A message is only a job's id: what is asked stands in the table. Order within a conversation and the share of each
# user are kept above the queue, so a standard queue is enough.

resource "aws_sqs_queue" "jobs" {
  count                      = local.is_cloud ? 1 : 0
  name                       = "${var.name}-jobs"
  visibility_timeout_seconds = 30 # the lease, GEPETO_JOB_LEASE; workers renew it at a third
  receive_wait_time_seconds  = 20
  message_retention_seconds  = 86400 # a job ends within 5 minutes; a sent message is worth nothing a day later
  max_message_size           = 262144
  sqs_managed_sse_enabled    = true

  # A backstop: the worker gives a job up after GEPETO_JOB_ATTEMPTS tries, tells the student and deletes the message. What
  # comes here was never given up by anybody, so the alarm on this queue is a critical one.
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters[0].arn
    maxReceiveCount     = var.max_receive_count
  })
}

resource "aws_sqs_queue" "dead_letters" {
  count                     = local.is_cloud ? 1 : 0
  name                      = "${var.name}-dead-letters"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue_redrive_allow_policy" "dead_letters" {
  count     = local.is_cloud ? 1 : 0
  queue_url = aws_sqs_queue.dead_letters[0].id
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.jobs[0].arn]
  })
}

# Roles say who may use the queues; these say that nobody may without TLS.
data "aws_iam_policy_document" "queue_tls" {
  for_each = local.is_cloud ? { jobs = aws_sqs_queue.jobs[0].arn, dead_letters = aws_sqs_queue.dead_letters[0].arn } : {}
  statement {
    sid       = "OnlyEncrypted"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [each.value]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sqs_queue_policy" "jobs" {
  count     = local.is_cloud ? 1 : 0
  queue_url = aws_sqs_queue.jobs[0].id
  policy    = data.aws_iam_policy_document.queue_tls["jobs"].json
}

resource "aws_sqs_queue_policy" "dead_letters" {
  count     = local.is_cloud ? 1 : 0
  queue_url = aws_sqs_queue.dead_letters[0].id
  policy    = data.aws_iam_policy_document.queue_tls["dead_letters"].json
}
