# One page: what students feel on top, what explains it below.

locals {
  ecs_dimensions = { for role, service in local.services : role => ["ClusterName", aws_ecs_cluster.main.name, "ServiceName", service.name] }
  targets        = ["TargetGroup", aws_lb_target_group.service.arn_suffix, "LoadBalancer", aws_lb.main.arn_suffix]

  charts = concat(
    [
      { title = "Requests and refusals", stat = "Sum", metrics = [
        concat(["AWS/ApplicationELB", "RequestCount"], local.targets),
        concat(["AWS/ApplicationELB", "HTTPCode_Target_4XX_Count"], local.targets),
        concat(["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count"], local.targets),
      ] },
      { title = "Time to the head of an answer (s, 95th percentile)", stat = "p95", metrics = [
        concat(["AWS/ApplicationELB", "TargetResponseTime"], local.targets),
      ] },
      { title = "Open connections, sockets included", stat = "Sum", metrics = [
        ["AWS/ApplicationELB", "ActiveConnectionCount", "LoadBalancer", aws_lb.main.arn_suffix],
      ] },
      { title = "What went wrong", stat = "Sum", metrics = [
        for event in concat(keys(local.log_events), ["errors"]) : [var.name, event]
      ] },
      { title = "CPU (%)", stat = "Average", metrics = [
        for role in keys(local.services) : concat(["AWS/ECS", "CPUUtilization"], local.ecs_dimensions[role])
      ] },
      { title = "Memory (%)", stat = "Maximum", metrics = [
        for role in keys(local.services) : concat(["AWS/ECS", "MemoryUtilization"], local.ecs_dimensions[role])
      ] },
    ],
    local.is_cloud ? [
      { title = "Age of the oldest question, waiting or in hand (s)", stat = "Maximum", metrics = [
        ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", aws_sqs_queue.jobs["questions"].name],
      ] },
      { title = "Questions waiting, in hand, dead", stat = "Maximum", metrics = [
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", aws_sqs_queue.jobs["questions"].name],
        ["AWS/SQS", "ApproximateNumberOfMessagesNotVisible", "QueueName", aws_sqs_queue.jobs["questions"].name],
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", aws_sqs_queue.dead_letters["questions"].name],
      ] },
      { title = "Documents waiting, in hand, dead", stat = "Maximum", metrics = [
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", aws_sqs_queue.jobs["documents"].name],
        ["AWS/SQS", "ApproximateNumberOfMessagesNotVisible", "QueueName", aws_sqs_queue.jobs["documents"].name],
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", aws_sqs_queue.dead_letters["documents"].name],
      ] },
      { title = "Tasks", stat = "SampleCount", metrics = [
        for role in keys(local.services) : concat(["AWS/ECS", "CPUUtilization"], local.ecs_dimensions[role])
      ] },
      { title = "Table: units used, refusals", stat = "Sum", metrics = [
        ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", aws_dynamodb_table.main[0].name],
        ["AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", aws_dynamodb_table.main[0].name],
        ["AWS/DynamoDB", "ThrottledRequests", "TableName", aws_dynamodb_table.main[0].name],
      ] },
      { title = "Redis: memory (%), evictions", stat = "Maximum", metrics = [
        for pair in setproduct(local.cache_node_names, ["DatabaseMemoryUsagePercentage", "Evictions"]) :
        ["AWS/ElastiCache", pair[1], "CacheClusterId", pair[0]]
      ] },
    ] : [],
  )
}

resource "aws_cloudwatch_dashboard" "main" {
  dashboard_name = var.name
  dashboard_body = jsonencode({
    widgets = [
      for index, chart in local.charts : {
        type   = "metric"
        x      = 8 * (index % 3)
        y      = 6 * floor(index / 3)
        width  = 8
        height = 6
        properties = {
          title   = chart.title
          region  = var.region
          view    = "timeSeries"
          period  = 60
          stat    = chart.stat
          metrics = chart.metrics
        }
      }
    ]
  })
}
