# bash completion for sockspy
# A new option or verb goes here as well; tests/unit/test_viewer_options.c asks.

_sockspy() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
    local verbs='log run sockets connections explain diagram lesson stat audit report export info clean help'
    local filters='-p --pid= --comm= --fd= --port= --host= -e --trace= -z --successful-only
        -Z --failed-only -n --last= --since='
    local times='-t -tt -ttt -r -T -s --string-limit='
    local common='-h --help -V --version'
    local verb=log word options i
    COMPREPLY=()

    for ((i = 1; i < COMP_CWORD; i++)); do
        if [[ " $verbs " == *" ${COMP_WORDS[i]} "* ]]; then
            verb=${COMP_WORDS[i]}
            break
        fi
    done
    if [ "$verb" = run ]; then # behind the command's name, it is the command's turn
        for ((i = 2; i < COMP_CWORD; i++)); do
            word=${COMP_WORDS[i]}
            case $word in
            --)
                _command_offset $((i + 1)) 2>/dev/null
                return
                ;;
            -o | -w | -e | -p | -n | -s) i=$((i + 1)) ;;
            -* | =) ;;
            *)
                [ "${COMP_WORDS[i - 1]}" = = ] && continue
                _command_offset "$i" 2>/dev/null
                return
                ;;
            esac
        done
    fi

    # "--format=te" comes as three words where = separates them.
    [ "$cur" = = ] && cur=
    [ "$prev" = = ] && prev=${COMP_WORDS[COMP_CWORD - 2]}
    case $prev in
    --format)
        word='text jsonl csv'
        [ "$verb" = export ] && word='pcapng perfetto mermaid csv jsonl'
        ;;
    --lang) word='en ko both' ;;
    --by)
        word='call process peer socket connect'
        [ "$verb" = diagram ] && word='process socket'
        ;;
    --color) word='auto always never' ;;
    -e | --trace) word='%net %io %desc %opt %name %poll %process' ;;
    -p | --pid) word=$(cd /proc 2>/dev/null && printf '%s ' [0-9]*) ;;
    -o | --output | -w | --ring | --audit | --rules | --baseline | --save)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        return
        ;;
    --comm | --fd | --port | --host | -n | --last | --since | -s | --string-limit | --data | --max | --allow | --deny) return ;;
    *) word= ;;
    esac
    if [ -n "$word" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$word" -- "$cur")
        return
    fi

    local table="-o --output= --format= --color $filters"
    local lecture="--lang= -s --string-limit="
    case $verb in
    log) options="-f --follow $table $times" ;;
    run) options="-f --follow -w --ring= --data= -q --quiet --audit= --baseline= --save= --strict $table $times" ;;
    connections) options="-f --follow $table" ;;
    sockets) options="-f --follow --open --leaks $table" ;;
    stat) options="--by= $table" ;;
    clean) options="--force" ;;
    audit) options="--rules= --allow= --deny= --baseline= --save= --strict $table" ;;
    explain) options="$lecture --brief --deep $table" ;;
    diagram) options="$lecture --by= --brief -o --output= --color $filters" ;;
    lesson) options="$lecture --brief --deep --step --show-code -w --ring= --color" ;;
    report) options="-o --output= $filters" ;;
    export) options="--format= --max= -o --output= $filters" ;;
    info) options='-o --output= --format= --color' ;;
    help) options='' ;;
    *) options=$table ;;
    esac
    if [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options $common" -- "$cur")
        [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace 2>/dev/null
    elif [ "$COMP_CWORD" = 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "$verbs" -- "$cur" && compgen -f -- "$cur")
    elif [ "$verb" = run ]; then
        mapfile -t COMPREPLY < <(compgen -c -- "$cur")
    else
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "${cur:-/dev/shm/sockspy-}")
    fi
    return 0
}
complete -F _sockspy sockspy
