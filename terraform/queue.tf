# Jobs. A message is only a job's id: what is asked stands in the table. Order within a conversation and the share of each
# user are kept above the queue, so standard queues are enough. Questions and documents have one each, as they have workers
# each: a book that is read never keeps a student waiting, neither here nor in the figures that workers are scaled by.

locals {
  queues = local.is_cloud ? {
    questions = {
      name = "${var.name}-jobs", dead = "${var.name}-dead-letters"
      kept = 86400 # a question ends within 5 minutes; a sent message is worth nothing a day later
    }
    documents = {
      name = "${var.name}-documents", dead = "${var.name}-documents-dead-letters"
      kept = 172800 # a document is given up after a day
    }
  } : {}
}

resource "aws_sqs_queue" "jobs" {
  for_each                   = local.queues
  name                       = each.value.name
  visibility_timeout_seconds = 30 # the lease, GEPETO_JOB_LEASE; workers renew it at a third
  receive_wait_time_seconds  = 20
  message_retention_seconds  = each.value.kept
  max_message_size           = 262144
  sqs_managed_sse_enabled    = true

  # A backstop: the worker gives a job up after GEPETO_JOB_ATTEMPTS tries, tells the student and deletes the message. What
  # comes here was never given up by anybody, so the alarm on this queue is a critical one. Never less than 20: a receive is
  # each try, and each look at a message whose job somebody else has.
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters[each.key].arn
    maxReceiveCount     = var.max_receive_count
  })
}

resource "aws_sqs_queue" "dead_letters" {
  for_each                  = local.queues
  name                      = each.value.dead
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue_redrive_allow_policy" "dead_letters" {
  for_each  = local.queues
  queue_url = aws_sqs_queue.dead_letters[each.key].id
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.jobs[each.key].arn]
  })
}

# Roles say who may use the queues; these say that nobody may without TLS.
data "aws_iam_policy_document" "queue_tls" {
  for_each = merge(
    { for kind, queue in aws_sqs_queue.jobs : "jobs-${kind}" => queue.arn },
    { for kind, queue in aws_sqs_queue.dead_letters : "dead-${kind}" => queue.arn },
  )
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
  for_each  = local.queues
  queue_url = aws_sqs_queue.jobs[each.key].id
  policy    = data.aws_iam_policy_document.queue_tls["jobs-${each.key}"].json
}

resource "aws_sqs_queue_policy" "dead_letters" {
  for_each  = local.queues
  queue_url = aws_sqs_queue.dead_letters[each.key].id
  policy    = data.aws_iam_policy_document.queue_tls["dead-${each.key}"].json
}
