# golden.sh compare|update GOLDEN COMPARISONS - the files of a bundle of devices and of one of scenarios against those that are kept.
# Hashes are left out: they change with mdlc's own version.
set -e
what=$1 golden=$2 made=$3
count=0
for name in stakeholder-report.en.md stakeholder-report.cn.md comparison-table.csv bundle-metadata.json \
            summary/stakeholder-summary.en.md summary/stakeholder-summary.cn.md summary/comparison-table.csv summary/bundle-metadata.json; do
  case $name in
    summary/*) source=$made/summaries/s-selected-scenarios/${name#summary/} ;;
    *) source=$made/d/$name ;;
  esac
  if [[ $what == update ]]; then
    mkdir -p "$(dirname "$golden/$name")"
    sed -E 's/"(sha256|generated_sha256)": "[0-9a-f]{64}"/"\1": "..."/' "$source" >"$golden/$name"
  else
    diff -u "$golden/$name" <(sed -E 's/"(sha256|generated_sha256)": "[0-9a-f]{64}"/"\1": "..."/' "$source")
  fi
  count=$((count + 1))
done
echo "$count files are the same"
