"""Words that leave open what is asked (V20-V26), and demands that contradict each other (V27).

`languages` holds the words, `reading` finds them in one text, `contradictions` holds texts against each other, and
`wording` goes over a specification. What is looked for follows INCOSE's Guide to Writing Requirements (R7, R8,
R9, R17, R18, R24, R34), EARS and ISO/IEC/IEEE 29148:2018, 5.2.5 and 5.2.7.
"""
