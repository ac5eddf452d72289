# API tasks by CPU, workers by the age of the oldest waiting question a task. `small` is one task by nature.

resource "aws_appautoscaling_target" "service" {
  for_each           = local.is_cloud ? local.services : {}
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.main.name}/${aws_ecs_service.main[each.key].name}"
  min_capacity       = each.value.min
  max_capacity       = each.value.max
}

resource "aws_appautoscaling_policy" "api" {
  count              = local.is_cloud ? 1 : 0
  name               = "cpu"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.service["api"].service_namespace
  scalable_dimension = aws_appautoscaling_target.service["api"].scalable_dimension
  resource_id        = aws_appautoscaling_target.service["api"].resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = var.api_cpu_target
    scale_out_cooldown = 60
    # Each task that goes closes its sockets, so not at every lull.
    scale_in_cooldown = 600
    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}

# SQS counts the age of messages in hand too: a question that is being answered for 20 s is no reason for another worker.
# So the age counts only while something waits. Workers count themselves: each sends one sample of its CPU a minute.
resource "aws_appautoscaling_policy" "worker" {
  count              = local.is_cloud ? 1 : 0
  name               = "queue-age"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.service["worker"].service_namespace
  scalable_dimension = aws_appautoscaling_target.service["worker"].scalable_dimension
  resource_id        = aws_appautoscaling_target.service["worker"].resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = var.worker_age_target_seconds
    scale_out_cooldown = 60
    scale_in_cooldown  = 300

    customized_metric_specification {
      metrics {
        id          = "age"
        return_data = false
        metric_stat {
          stat = "Maximum"
          metric {
            namespace   = "AWS/SQS"
            metric_name = "ApproximateAgeOfOldestMessage"
            dimensions {
              name  = "QueueName"
              value = aws_sqs_queue.jobs["questions"].name
            }
          }
        }
      }
      metrics {
        id          = "waiting"
        return_data = false
        metric_stat {
          stat = "Maximum"
          metric {
            namespace   = "AWS/SQS"
            metric_name = "ApproximateNumberOfMessagesVisible"
            dimensions {
              name  = "QueueName"
              value = aws_sqs_queue.jobs["questions"].name
            }
          }
        }
      }
      metrics {
        id          = "tasks"
        return_data = false
        metric_stat {
          stat = "SampleCount"
          metric {
            namespace   = "AWS/ECS"
            metric_name = "CPUUtilization"
            dimensions {
              name  = "ClusterName"
              value = aws_ecs_cluster.main.name
            }
            dimensions {
              name  = "ServiceName"
              value = aws_ecs_service.main["worker"].name
            }
          }
        }
      }
      metrics {
        id          = "age_per_task"
        label       = "Age of the oldest waiting question, per worker"
        expression  = "IF(FILL(waiting, 0) > 0, FILL(age, 0), 0) / IF(FILL(tasks, 1) > 0, FILL(tasks, 1), 1)"
        return_data = true
      }
    }
  }
}
