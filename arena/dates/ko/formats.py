"""Django puts 오전 and 오후 behind the hour, where no Korean says them."""

DATE_FORMAT = "Y년 n월 j일"
DATETIME_FORMAT = "Y년 n월 j일 A g:i"
