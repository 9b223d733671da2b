"""The process that finds the features of votes for an import: `python -m arena.scoring.features_beside`.

A line in is a batch of conversations, a line out their features, until nobody asks any more.
"""

import json
import signal
import sys

from arena.formats.votes.base import TurnTexts
from arena.scoring.text_features import features_of_texts

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks says when it is over
    for line in sys.stdin:
        conversations = [[TurnTexts(*texts) for texts in turns] for turns in json.loads(line)]
        found = features_of_texts(conversations, rules="arena.categories")
        print(json.dumps([(each.categories, each.style.hex(), each.prompt) for each in found]), flush=True)
