"""Drawn, moving figures of exercises: a pose is data, the drawing is made from it.

A record names a posture, joint angles and what the body rests on; `stage` puts the body into the room and refuses what
no body can do; `draw` makes SVG of it, and `describe` says it in words. No numbers of the body are in the program.
"""
