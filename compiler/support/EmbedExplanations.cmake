# Writes FOLDER/*.mdl as the table of Explain.cpp to OUT, sorted by slug: one raw string literal a file.
file(GLOB files ${FOLDER}/*.mdl)
list(SORT files)
set(rows "")
foreach(file IN LISTS files)
  get_filename_component(slug ${file} NAME_WE)
  file(READ ${file} text)
  string(APPEND rows "    {\"${slug}\", R\"MDLTEXT(${text})MDLTEXT\"},\n")
endforeach()
file(WRITE ${OUT} "// Generated from explain/*.mdl.
#include \"compiler/support/Explain.h\"

namespace mdl {

static constexpr Explanation kTable[] = {
${rows}};

llvm::ArrayRef<Explanation> explanations() { return kTable; }

} // namespace mdl
")
