# The address and its certificate. With `zone_id` both are made here; with `certificate_arn` they are somebody else's; with
# neither the service speaks plain HTTP under the load balancer's own name, which is for trials only.

locals {
  is_https   = var.domain != null
  makes_dns  = var.domain != null && var.zone_id != null
  makes_cert = local.makes_dns && var.certificate_arn == null

  host        = local.is_https ? var.domain : lower(aws_lb.main.dns_name)
  public_url  = "${local.is_https ? "https" : "http"}://${local.host}"
  certificate = local.makes_cert ? one(aws_acm_certificate_validation.main[*].certificate_arn) : var.certificate_arn
}

resource "aws_acm_certificate" "main" {
  count             = local.makes_cert ? 1 : 0
  domain_name       = var.domain
  validation_method = "DNS"
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "validation" {
  for_each = {
    for option in flatten(aws_acm_certificate.main[*].domain_validation_options) : option.domain_name => option
  }
  zone_id         = var.zone_id
  name            = each.value.resource_record_name
  type            = each.value.resource_record_type
  records         = [each.value.resource_record_value]
  ttl             = 60
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "main" {
  count                   = local.makes_cert ? 1 : 0
  certificate_arn         = aws_acm_certificate.main[0].arn
  validation_record_fqdns = [for record in aws_route53_record.validation : record.fqdn]
}

resource "aws_route53_record" "service" {
  count   = local.makes_dns ? 1 : 0
  zone_id = var.zone_id
  name    = var.domain
  type    = "A"
  alias {
    name                   = aws_lb.main.dns_name
    zone_id                = aws_lb.main.zone_id
    evaluate_target_health = true
  }
}
