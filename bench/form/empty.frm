* Nothing: how long FORM takes to start.
#-
Off statistics;
.end
