#include "core/unpack/digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <span>
#include <stdexcept>

#include "core/linux/random.hpp"

namespace slipway::unpack {
namespace {
EVP_MD_CTX* evp(void* context) { return static_cast<EVP_MD_CTX*>(context); }
}  // namespace

void Digest::Free::operator()(void* context) const { EVP_MD_CTX_free(evp(context)); }

Digest::Digest() : context_(EVP_MD_CTX_new()) {
  if (!context_ || EVP_DigestInit_ex(evp(context_.get()), EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL has no sha256");
  }
}

void Digest::add(const void* data, std::size_t size) {
  if (EVP_DigestUpdate(evp(context_.get()), data, size) != 1) throw std::runtime_error("sha256 failed");
}

std::string Digest::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned size = 0;
  if (EVP_DigestFinal_ex(evp(context_.get()), sum.data(), &size) != 1) throw std::runtime_error("sha256 failed");
  return "sha256:" + linux::to_hex(std::span(sum).first(size));
}

}  // namespace slipway::unpack
