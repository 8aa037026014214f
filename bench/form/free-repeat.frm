* a_{x1} ... a_{xn} a_{y1}^* ... a_{yn}^*, free labels: n creators, one after another, move
* left through the annihilators by `repeat id`; d(x,y) is the delta.
*   form -q -d n=7 [-d check=1] free-repeat.frm
#-
Off statistics;
Functions ad, a;
CFunctions d, cd, c;
Indices x1, ..., x`n', y1, ..., y`n', x, y;
Local F = <a(x1)>*...*<a(x`n')>*<ad(y1)>*...*<ad(y`n')>;
repeat id a(x?)*ad(y?) = ad(y)*a(x) + d(x,y);
.sort
#$terms = termsin_(F);
#write "terms `$terms'"
#ifdef `check'
id a(x?) = 1;
id ad(x?) = 1;
id d(x?,y?) = 1;
.sort
#$sum = F;
#write "sum `$sum'"
#endif
.end
