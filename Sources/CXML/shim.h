#ifndef GEPETO_CXML_SHIM_H
#define GEPETO_CXML_SHIM_H
#include <libxml/xmlversion.h>
// libxml2's headers bring the system's ICU with them, whose types clash with those of the ICU inside Foundation when both
// modules meet. Only the insides of a structure that is never touched here depend on it.
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/SAX2.h>
#include <libxml/xmlerror.h>

// No network, and nothing said on standard error. What is not set matters as much: no NOENT, no DTDLOAD, no XINCLUDE and
// no HUGE, so that nothing outside the bytes at hand is read and libxml2's own limits hold.
static inline int gepeto_xml_options(void) { return XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING; }

// XML_SAX2_MAGIC does not fit into an Int32, which is what Swift would make of it.
static inline void gepeto_xml_mark_sax2(xmlSAXHandler *handler) { handler->initialized = XML_SAX2_MAGIC; }

// libxml2 keeps an error handler for each thread; without one, what a context does not catch is printed.
static inline void gepeto_xml_ignore_error(void *context, xmlErrorPtr error) {}
static inline void gepeto_xml_silence_this_thread(void) { xmlSetStructuredErrorFunc(NULL, gepeto_xml_ignore_error); }
static inline void gepeto_xml_silence(xmlSAXHandler *handler) { handler->serror = gepeto_xml_ignore_error; }
#endif
