# embed.cmake - a text file as a C++ constant: cmake -DINPUT= -DOUTPUT= -DHEADER= -DNAME=NAMESPACE::NAME -P embed.cmake
# An array of bytes, since compilers need not take literals beyond 65536 characters. Read as hexadecimal digits: of a
# text, CMake would make lists.
file(READ "${INPUT}" digits HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${digits}")
string(REGEX REPLACE "::[^:]*$" "" namespace "${NAME}")
string(REGEX REPLACE "^.*::" "" name "${NAME}")
file(WRITE "${OUTPUT}" "#include \"${HEADER}\"\nnamespace ${namespace} {\nstatic const unsigned char bytes[] = {\n${bytes}0};\n"
  "const char *const ${name} = reinterpret_cast<const char *>(bytes);\n} // namespace ${namespace}\n")
