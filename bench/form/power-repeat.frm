* (c + c^*)^n, normal ordered, with noncommuting functions: one factor at a time,
* then the commutation relation by `repeat id`.
*   form -q -d n=24 [-d check=1] power-repeat.frm
#-
Off statistics;
Functions ad, a;
Local F = 1;
.sort
#do i = 1, `n'
Multiply right, a + ad;
repeat id a*ad = ad*a + 1;
.sort
#enddo
#$terms = termsin_(F);
#write "terms `$terms'"
#ifdef `check'
id a = 1;
id ad = 1;
.sort
#$sum = F;
#write "sum `$sum'"
#endif
.end
