# SPDX-License-Identifier: Apache-2.0
# Moodle's calls on the real data set, for the scripts here: source it.

fail() {
    echo "$0: $1" >&2
    exit 1
}

# data FOLDER: the real data set, and a model of the original.
data() {
    mkdir -p "$1"
    local part
    for part in train predict; do gunzip --stdout "examples/data/students-366-$part.csv.gz" >"$1/$part.csv"; done
    cp -r tests/data/original-models/m366 "$1/original"
}

# main_job DATA COMMAND…: training and predictions by this command, which sees the folder of data() as DATA; also with the model of
# the original.
main_job() {
    local data=$1 answer model
    shift
    "$@" -m moodlemlbackend.training id "$data/model" "$data/train.csv" >/dev/null
    for model in model original; do
        answer=$("$@" -m moodlemlbackend.prediction id "$data/$model" "$data/predict.csv")
        [[ $(grep --only-matching '\["sample-' <<<"$answer" | wc -l) -eq 252 ]] || fail "$*: $answer"
    done
}
