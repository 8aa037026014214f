* a_{x1} ... a_{xn} a_{y1}^* ... a_{yn}^*, free labels, with commuting symbols: every term has
* each operator once at most, so that y_j either stays or takes the place of one x_i as d_ij;
* s_i marks a place that is taken, and may not come twice.
*   form -q -d n=7 [-d check=1] free-symbols.frm
#-
Off statistics;
Symbols a1, ..., a`n', b1, ..., b`n';
#do i = 1, `n'
Symbols s`i'(:1), d`i'x1, ..., d`i'x`n';
#enddo
Local F = 1;
#do j = 1, `n'
Multiply b`j'
#do i = 1, `n'
+ s`i'*d`i'x`j'
#enddo
;
#enddo
#do i = 1, `n'
if (count(s`i', 1) == 0);
Multiply a`i';
else;
id s`i' = 1;
endif;
#enddo
.sort
#$terms = termsin_(F);
#write "terms `$terms'"
#ifdef `check'
#do i = 1, `n'
Multiply replace_(a`i', 1, b`i', 1);
Multiply replace_(<d`i'x1,1>, ..., <d`i'x`n',1>);
#enddo
.sort
#$sum = F;
#write "sum `$sum'"
#endif
.end
