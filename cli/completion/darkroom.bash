# bash completion for darkroom(1): the command knows its own words.
_darkroom()
{
	local words=("${COMP_WORDS[@]:1:COMP_CWORD}")
	COMPREPLY=()
	mapfile -t COMPREPLY < <("${COMP_WORDS[0]}" complete -- "${words[@]}" 2>/dev/null)
	case ${COMPREPLY[0]-} in
	*=) compopt -o nospace ;;
	esac
}
complete -o default -F _darkroom darkroom darkroom-prio
