# Alarms, the gravest first. The name says how grave; docs/runbook.md says what to do.

resource "aws_sns_topic" "alarms" {
  name = "${var.name}-alarms"
}

resource "aws_sns_topic_subscription" "people" {
  for_each  = toset(var.alarm_emails)
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.key
}

# --- What only the log says: constant sentences, in `action`.

locals {
  log_events = {
    answer-rate-low = "answer rate low"
    breaker-open    = "breaker opened"
    job-failed      = "job failed for good"
  }
  log_filters = {
    for pair in setproduct(keys(local.log_events), keys(local.services)) : "${pair[1]}-${pair[0]}" => {
      event = pair[0]
      role  = pair[1]
      text  = local.log_events[pair[0]]
    }
  }
}

resource "aws_cloudwatch_log_metric_filter" "event" {
  for_each       = local.log_filters
  name           = each.key
  log_group_name = aws_cloudwatch_log_group.service[each.value.role].name
  pattern        = "{ $.action = \"${each.value.text}\" }"
  metric_transformation {
    namespace     = var.name
    name          = each.value.event
    value         = "1"
    default_value = "0"
  }
}

resource "aws_cloudwatch_log_metric_filter" "errors" {
  for_each       = local.services
  name           = "${each.key}-errors"
  log_group_name = aws_cloudwatch_log_group.service[each.key].name
  pattern        = "{ $.level = \"error\" }"
  metric_transformation {
    namespace     = var.name
    name          = "errors"
    value         = "1"
    default_value = "0"
  }
}

# --- Alarms of one metric

locals {
  load_balancer = { LoadBalancer = aws_lb.main.arn_suffix }
  front_targets = merge(local.load_balancer, { TargetGroup = aws_lb_target_group.service.arn_suffix })

  alarms = merge(
    {
      critical-answer-rate = {
        about  = "Of the last accepted questions less than half were answered well."
        metric = ["${var.name}", "answer-rate-low", {}], statistic = "Sum", period = 300, periods = 1, above = 0
      }
      critical-no-task = {
        about  = "No task is healthy behind the load balancer."
        metric = ["AWS/ApplicationELB", "HealthyHostCount", local.front_targets], statistic = "Minimum", period = 60, periods = 3, below = 1, missing = "breaching"
      }
      high-breaker-open = {
        about  = "A language model failed so often that it is left alone for a while."
        metric = ["${var.name}", "breaker-open", {}], statistic = "Sum", period = 300, periods = 1, above = 0
      }
      high-jobs-failed = {
        about  = "Questions were given up for good."
        metric = ["${var.name}", "job-failed", {}], statistic = "Sum", period = 300, periods = 1, above = 4
      }
    },
    {
      for role, service in local.services : "medium-cpu-${role}" => {
        about  = "Tasks of ${service.name} reckon nearly all of the time."
        metric = ["AWS/ECS", "CPUUtilization", { ClusterName = aws_ecs_cluster.main.name, ServiceName = service.name }], statistic = "Average", period = 60, periods = 10, above = 90
      }
    },
    {
      for role, service in local.services : "medium-memory-${role}" => {
        about  = "Tasks of ${service.name} are nearly out of memory."
        metric = ["AWS/ECS", "MemoryUtilization", { ClusterName = aws_ecs_cluster.main.name, ServiceName = service.name }], statistic = "Maximum", period = 60, periods = 5, above = 90
      }
    },
    local.is_cloud ? {
      # A document takes as long as it takes; an hour means that nobody reads any.
      medium-document-age = {
        about  = "A document waits, or is read, for more than an hour."
        metric = ["AWS/SQS", "ApproximateAgeOfOldestMessage", { QueueName = aws_sqs_queue.jobs["documents"].name }], statistic = "Maximum", period = 300, periods = 3, above = 3600
      }
      medium-table-throttled = {
        about  = "DynamoDB refuses requests for a while, most likely because one key is too busy."
        metric = ["AWS/DynamoDB", "ThrottledRequests", { TableName = aws_dynamodb_table.main[0].name }], statistic = "Sum", period = 60, periods = 3, above = 0
      }
    } : {},
    {
      for kind, queue in aws_sqs_queue.dead_letters : "critical-dead-letters${kind == "questions" ? "" : "-${kind}"}" => {
        about  = "A message about ${kind} was received ${var.max_receive_count} times and nobody ended its job."
        metric = ["AWS/SQS", "ApproximateNumberOfMessagesVisible", { QueueName = queue.name }], statistic = "Maximum", period = 60, periods = 1, above = 0
      }
    },
    {
      for node in local.cache_node_names : "high-cache-memory-${substr(node, -1, 1)}" => {
        about  = "Redis is nearly full: live events are about to be forgotten early."
        metric = ["AWS/ElastiCache", "DatabaseMemoryUsagePercentage", { CacheClusterId = node }], statistic = "Maximum", period = 60, periods = 5, above = 80
      }
    },
  )
}

resource "aws_cloudwatch_metric_alarm" "one" {
  for_each            = local.alarms
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.about
  namespace           = each.value.metric[0]
  metric_name         = each.value.metric[1]
  dimensions          = each.value.metric[2]
  statistic           = each.value.statistic
  period              = each.value.period
  evaluation_periods  = each.value.periods
  comparison_operator = try(each.value.above, null) == null ? "LessThanThreshold" : "GreaterThanThreshold"
  threshold           = try(coalesce(each.value.above), each.value.below)
  treat_missing_data  = try(coalesce(each.value.missing), "notBreaching")
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

# --- Alarms that reckon

# Messages in hand grow old too: only while something waits does age mean that workers are too few.
resource "aws_cloudwatch_metric_alarm" "queue_age" {
  count               = local.is_cloud ? 1 : 0
  alarm_name          = "${var.name}-medium-queue-age"
  alarm_description   = "Questions wait longer than ${var.queue_age_alarm_seconds} s."
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.queue_age_alarm_seconds
  evaluation_periods  = 3
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "waited"
    label       = "Age of the oldest waiting question"
    expression  = "IF(waiting > 0, age, 0)"
    return_data = true
  }
  dynamic "metric_query" {
    for_each = { age = "ApproximateAgeOfOldestMessage", waiting = "ApproximateNumberOfMessagesVisible" }
    content {
      id = metric_query.key
      metric {
        namespace   = "AWS/SQS"
        metric_name = metric_query.value
        dimensions  = { QueueName = aws_sqs_queue.jobs["questions"].name }
        stat        = "Maximum"
        period      = 60
      }
    }
  }
}

# Shares of all requests. A handful of requests at night has no share worth waking anybody for.
resource "aws_cloudwatch_metric_alarm" "share" {
  for_each = {
    high-server-errors = { code = "5XX", percent = 1, about = "More than 1 % of the requests fail." }
    low-client-errors  = { code = "4XX", percent = 5, about = "More than 5 % of the requests are refused." }
  }
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.about
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.percent
  evaluation_periods  = 3
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "share"
    label       = "Per cent of the requests"
    expression  = "IF(requests > 20, 100 * FILL(bad, 0) / requests, 0)"
    return_data = true
  }
  dynamic "metric_query" {
    for_each = { bad = "HTTPCode_Target_${each.value.code}_Count", requests = "RequestCount" }
    content {
      id = metric_query.key
      metric {
        namespace   = "AWS/ApplicationELB"
        metric_name = metric_query.value
        dimensions  = local.load_balancer
        stat        = "Sum"
        period      = 300
      }
    }
  }
}
