# Two public subnets for the load balancer and the tasks, two inner ones without a way to the internet for what only tasks
# may reach. Tasks have public addresses because a NAT gateway would cost more than a task; their security group lets
# nobody in but the load balancer.

data "aws_availability_zones" "available" {
  state = "available"
}

locals {
  zones = slice(data.aws_availability_zones.available.names, 0, 2)
}

resource "aws_vpc" "main" {
  cidr_block           = var.vpc_cidr
  enable_dns_hostnames = true
  tags                 = { Name = var.name }
}

# The group that nobody chose: whoever lands in it by mistake can reach nothing.
resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.main.id
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
  tags   = { Name = var.name }
}

resource "aws_subnet" "public" {
  count             = 2
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet(var.vpc_cidr, 4, count.index)
  availability_zone = local.zones[count.index]
  tags              = { Name = "${var.name}-public-${count.index + 1}" }
  # A zone that Amazon adds must not move what exists.
  lifecycle {
    ignore_changes = [availability_zone]
  }
}

resource "aws_subnet" "inner" {
  count             = 2
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet(var.vpc_cidr, 4, 2 + count.index)
  availability_zone = local.zones[count.index]
  tags              = { Name = "${var.name}-inner-${count.index + 1}" }
  # A zone that Amazon adds must not move what exists.
  lifecycle {
    ignore_changes = [availability_zone]
  }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id
  tags   = { Name = "${var.name}-public" }
}

resource "aws_route" "internet" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.main.id
}

resource "aws_route_table_association" "public" {
  count          = 2
  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table" "inner" {
  vpc_id = aws_vpc.main.id
  tags   = { Name = "${var.name}-inner" }
}

resource "aws_route_table_association" "inner" {
  count          = 2
  subnet_id      = aws_subnet.inner[count.index].id
  route_table_id = aws_route_table.inner.id
}

# Free of charge, and what is read from S3 and DynamoDB then never leaves Amazon's network.
resource "aws_vpc_endpoint" "gateway" {
  for_each          = local.is_cloud ? toset(["s3", "dynamodb"]) : []
  vpc_id            = aws_vpc.main.id
  service_name      = "com.amazonaws.${var.region}.${each.key}"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.public.id, aws_route_table.inner.id]
  tags              = { Name = "${var.name}-${each.key}" }
}
