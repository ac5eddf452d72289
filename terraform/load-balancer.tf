resource "aws_lb" "main" {
  name               = var.name
  load_balancer_type = "application"
  subnets            = aws_subnet.public[*].id
  security_groups    = [aws_security_group.load_balancer.id]

  # Below the service's own 75 s: the side that closes an idle connection must be the one that would reuse it, or a
  # request is lost in between. WebSockets and event streams say something at least every 25 s.
  idle_timeout = 60

  drop_invalid_header_fields = true
  enable_deletion_protection = var.deletion_protection
}

# No stickiness: a session can be resumed at any task.
resource "aws_lb_target_group" "service" {
  name        = local.services[local.front].name
  port        = local.port
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = aws_vpc.main.id

  # The service drains within 25 s of SIGTERM.
  deregistration_delay = 30

  # Liveness for one task, for readiness would take down what still works when its store is away. With several, one that
  # drains or has lost its store is passed by; only after a minute, because ECS replaces what fails here.
  health_check {
    path                = local.is_cloud ? "/api/ready" : "/api/health"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = local.is_cloud ? 6 : 3
  }
}

locals {
  listener = local.is_https ? aws_lb_listener.https[0].arn : aws_lb_listener.http.arn
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = local.is_https ? "redirect" : "fixed-response"
    dynamic "redirect" {
      for_each = local.is_https ? [1] : []
      content {
        port        = "443"
        protocol    = "HTTPS"
        status_code = "HTTP_301"
      }
    }
    dynamic "fixed_response" {
      for_each = local.is_https ? [] : [1]
      content {
        content_type = "text/plain"
        status_code  = "404"
        message_body = "There is nothing here."
      }
    }
  }
}

resource "aws_lb_listener" "https" {
  count             = local.is_https ? 1 : 0
  load_balancer_arn = aws_lb.main.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = local.certificate

  # Whoever comes by another name is not ours.
  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      status_code  = "404"
      message_body = "There is nothing here."
    }
  }
}

resource "aws_lb_listener_rule" "api" {
  listener_arn = local.listener
  priority     = 10
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.service.arn
  }
  condition {
    host_header { values = [local.host] }
  }
  condition {
    path_pattern { values = ["/api/*"] }
  }
}

# The page at / and its modules: files, so only reading makes sense. The same service, unless another is named.
resource "aws_lb_listener_rule" "page" {
  listener_arn = local.listener
  priority     = 20
  action {
    type             = "forward"
    target_group_arn = coalesce(var.web_target_group_arn, aws_lb_target_group.service.arn)
  }
  condition {
    host_header { values = [local.host] }
  }
  condition {
    http_request_method { values = ["GET", "HEAD"] }
  }
}
