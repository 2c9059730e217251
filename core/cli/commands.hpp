// One function a command; each returns the exit status. `words` begin with the command's own name.
#pragma once

namespace slipway::cli {

int run_command(int count, const char* const* words);
int plan_command(int count, const char* const* words);
int check_command(int count, const char* const* words);
int plugin_command(int count, const char* const* words);
int inspect_command(int count, const char* const* words);
int unpack_command(int count, const char* const* words);
int clean_command(int count, const char* const* words);
int doctor_command(int count, const char* const* words);

}  // namespace slipway::cli
