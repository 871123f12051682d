# fish completion for darkroom(1): the command knows its own words.
function __darkroom_complete
	set -l words (commandline -opc) (commandline -ct)
	command $words[1] complete -- $words[2..-1] 2>/dev/null
end
complete -c darkroom -a '(__darkroom_complete)'
complete -c darkroom-prio -a '(__darkroom_complete)'
