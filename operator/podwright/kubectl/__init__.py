"""``kubectl podwright``: what kubectl does for built-in workloads only, and why one of ours waits.

kubectl finds the program ``kubectl-podwright`` by its name. One module per verb; a verb says how it
looks to users and what it does to one object, and everything else is shared:

    arguments.py   which objects are meant: KIND/NAME, KIND NAME, -f, -l
    options.py     the options that all verbs have
    visiting.py    look the objects up, do the work, say what went wrong
    found.py       one object
    server.py      the API server; the only module here that costs time to import
    printing.py    names, JSON and YAML as kubectl prints them

Words, exit codes and errors are kubectl's, to the letter; where a verb is better than its model,
its docstring says so.
"""
