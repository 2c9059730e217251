#include "core/unpack/digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>
#include <string_view>

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
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "sha256:";
  for (unsigned i = 0; i < size; ++i) {
    text += kDigits[sum.at(i) >> 4U];
    text += kDigits[sum.at(i) & 15U];
  }
  return text;
}

}  // namespace slipway::unpack
