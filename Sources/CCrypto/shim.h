#ifndef GEPETO_CCRYPTO_SHIM_H
#define GEPETO_CCRYPTO_SHIM_H
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

// Macros that Swift cannot see: a union of flags, and names that are text.
static inline int gepeto_public_key_selection(void) { return EVP_PKEY_PUBLIC_KEY; }
static inline const char *gepeto_param_rsa_n(void) { return OSSL_PKEY_PARAM_RSA_N; }
static inline const char *gepeto_param_rsa_e(void) { return OSSL_PKEY_PARAM_RSA_E; }
static inline const char *gepeto_param_group(void) { return OSSL_PKEY_PARAM_GROUP_NAME; }
static inline const char *gepeto_param_public(void) { return OSSL_PKEY_PARAM_PUB_KEY; }
// Of the life of the program, for a builder of parameters keeps no copy until it is done.
static inline const char *gepeto_group_p256(void) { return SN_X9_62_prime256v1; }
#endif
