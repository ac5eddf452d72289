#ifndef GEPETO_CXML_SHIM_H
#define GEPETO_CXML_SHIM_H
#include <libxml/parser.h>
#include <libxml/xmlreader.h>
#endif
