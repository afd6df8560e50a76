"""Who gets in: one decision from plain facts, with the chain of reasons.

A refusal or a permission rests on published rules only; what is inferred or not documented leads to
'cannot tell'.
"""
