# Optional. No rule that reads bodies: uploads and questions are full of what such rules take for attacks (code, SQL, long
# texts), and the service has limits of its own.

locals {
  managed_rules = { addresses = "AWSManagedRulesAmazonIpReputationList", inputs = "AWSManagedRulesKnownBadInputsRuleSet" }
}

resource "aws_wafv2_web_acl" "main" {
  count       = var.waf ? 1 : 0
  name        = var.name
  description = "Floods and known attackers"
  scope       = "REGIONAL"
  default_action {
    allow {}
  }

  # A class behind one address: 300 students, each with a page of some 60 files and one question a minute.
  rule {
    name     = "flood"
    priority = 1
    action {
      block {}
    }
    statement {
      rate_based_statement {
        limit                 = var.waf_requests_per_5_minutes
        aggregate_key_type    = "IP"
        evaluation_window_sec = 300
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "${var.name}-flood"
      sampled_requests_enabled   = false
    }
  }

  dynamic "rule" {
    for_each = local.managed_rules
    content {
      name     = rule.key
      priority = 10 + index(keys(local.managed_rules), rule.key)
      override_action {
        none {}
      }
      statement {
        managed_rule_group_statement {
          vendor_name = "AWS"
          name        = rule.value
        }
      }
      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "${var.name}-${rule.key}"
        sampled_requests_enabled   = false
      }
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = var.name
    sampled_requests_enabled   = false
  }
}

resource "aws_wafv2_web_acl_association" "main" {
  count        = var.waf ? 1 : 0
  resource_arn = aws_lb.main.arn
  web_acl_arn  = aws_wafv2_web_acl.main[0].arn
}
