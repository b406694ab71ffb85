# korean.sh - what the cases that read Korean share; sources lib.sh.
# shellcheck shell=bash disable=SC2154
# shellcheck source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh" || exit 1

# is_korean FILE - no sentence of it was left in English, and every particle fits the
# number before it. What stands in quotes came from the programs.
is_korean() {
    tr '\n' ' ' <"$1" | tr -s ' ' | sed 's/"[^"]*"//g' >unquoted
    if grep -oE "([A-Za-z][A-Za-z']+ ){3,}[A-Za-z']+" unquoted; then
        fail "an English sentence in the Korean text"
    fi
    # 영 일 이 삼 사 오 육 칠 팔 구: 2, 4, 5 and 9 end open, 1, 7 and 8 in ㄹ.
    if grep -oE '([013678]를|[013678]가 |[013678]는 |[013678]와 |[2459]을|[2459]이 |[2459]은 |[2459]과 |[2459]으로|[178]으로|[036]로 )' unquoted; then
        fail "a particle that does not fit"
    fi
    if grep -oE '을\(를\)|이\(가\)|은\(는\)|과\(와\)|으로\(로\)' unquoted; then
        fail "a particle that was not chosen"
    fi
}
