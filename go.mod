module github.com/clorebot/clorebot

go 1.26
