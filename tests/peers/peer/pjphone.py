"""A phone of PJSIP, worked over pipes: a command a line comes in, an event a line goes out, both as JSON.

It is a program of its own, because the library wants its calls from one thread and can be had once a process. Run as
``python -m peer.pjphone SETTINGS`` with ``SETTINGS`` as JSON: ``port`` for SIP, ``rtp``, ``tone``, ``dir`` for what it
hears, ``user``, ``server``, ``password``, ``transport``, ``expires``, ``prack``, ``timer``, ``codecs``.
"""
import json
import os
import queue
import sys
import threading

import pjsua2 as pj

RATE = 8000
INFO, RFC4733 = pj.PJSUA_DTMF_METHOD_SIP_INFO, pj.PJSUA_DTMF_METHOD_RFC2833
PRACK = {"never": pj.PJSUA_100REL_NOT_USED, "optional": pj.PJSUA_100REL_OPTIONAL, "mandatory": pj.PJSUA_100REL_MANDATORY}
TIMER = {"never": pj.PJSUA_SIP_TIMER_INACTIVE, "optional": pj.PJSUA_SIP_TIMER_OPTIONAL, "always": pj.PJSUA_SIP_TIMER_ALWAYS}


def tell(kind, **about):
    print(json.dumps({"type": kind, **about}), flush=True)


class Call(pj.Call):
    """One call. It speaks the tone of its phone while its media is there, and what it hears is written to a file."""

    def __init__(self, phone, call_id=pj.PJSUA_INVALID_ID):
        super().__init__(phone.account, call_id)
        self.phone = phone

    def onCallState(self, prm):
        info = self.getInfo()
        tell(info.stateText, code=info.lastStatusCode, reason=info.lastReason)
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.phone.is_over(self)

    def onCallMediaState(self, prm):
        info = self.getInfo()  # kept, since its parts live no longer than it does
        status = next((m.status for m in info.media if m.type == pj.PJMEDIA_TYPE_AUDIO), pj.PJSUA_CALL_MEDIA_NONE)
        if status in (pj.PJSUA_CALL_MEDIA_ACTIVE, pj.PJSUA_CALL_MEDIA_REMOTE_HOLD):
            sound = self.getAudioMedia(-1)
            self.phone.voice.startTransmit(sound)
            sound.startTransmit(self.phone.recorder)
        tell("MEDIA", status=int(status))

    def onCallTransferStatus(self, prm):
        # The library hangs up by itself where this stays set; a phone may leave that to the server.
        prm.cont = True
        tell("TRANSFER", code=prm.statusCode, final=prm.finalNotify)

    def onDtmfDigit(self, prm):
        tell("DIGIT", digit=prm.digit, method="info" if prm.method == INFO else "rfc4733")


class Account(pj.Account):
    def __init__(self, phone):
        super().__init__()
        self.phone = phone

    def onRegState(self, prm):
        tell("REGISTERED", code=prm.code)

    def onIncomingCall(self, prm):
        call = Call(self.phone, prm.callId)
        ringing = pj.CallOpParam()
        if self.phone.call:
            ringing.statusCode = pj.PJSIP_SC_BUSY_HERE
            call.answer(ringing)
            return
        self.phone.call = call
        ringing.statusCode = pj.PJSIP_SC_RINGING
        call.answer(ringing)
        tell("RINGING")
        tell("SIP", text=prm.rdata.wholeMsg)


class Phone:
    def __init__(self, settings):
        self.settings, self.call, self.on_hold = settings, None, None
        self.endpoint = endpoint = pj.Endpoint()
        endpoint.libCreate()
        config = pj.EpConfig()
        config.uaConfig.threadCnt, config.uaConfig.mainThreadOnly = 0, True
        config.medConfig.clockRate = config.medConfig.sndClockRate = RATE
        config.medConfig.noVad = True
        config.logConfig.level = config.logConfig.consoleLevel = 0
        endpoint.libInit(config)
        transport = pj.TransportConfig()
        transport.port, transport.boundAddress = settings["port"], "127.0.0.1"
        kind = {"udp": pj.PJSIP_TRANSPORT_UDP, "tcp": pj.PJSIP_TRANSPORT_TCP}[settings["transport"]]
        endpoint.transportCreate(kind, transport)
        endpoint.libStart()
        endpoint.audDevManager().setNullDev()
        for codec in endpoint.codecEnum2():
            wanted = any(codec.codecId.startswith(name) for name in settings["codecs"])
            endpoint.codecSetPriority(codec.codecId, 200 if wanted else 0)
        self.voice = pj.ToneGenerator()
        self.voice.createToneGenerator(RATE, 1)
        tone = pj.ToneDesc()
        tone.freq1, tone.on_msec, tone.off_msec = settings["tone"], 1000, 0
        self.voice.play(pj.ToneDescVector([tone]), True)
        self.recorder = pj.AudioMediaRecorder()
        self.recorder.createRecorder(f"{settings['dir']}/heard.wav")
        self.account = Account(self)
        self.account.create(self._account())

    def _account(self):
        settings = self.settings
        config, via = pj.AccountConfig(), f";transport={settings['transport']}"
        config.idUri = f"sip:{settings['user']}@{settings['server'] or '127.0.0.1'}"
        if settings["server"]:
            config.regConfig.registrarUri = f"sip:{settings['server']}{via}"
            config.regConfig.timeoutSec = settings["expires"]
            proof = pj.AuthCredInfo("digest", "*", settings["user"], 0, settings["password"])
            config.sipConfig.authCreds.append(proof)
        config.callConfig.prackUse = PRACK[settings["prack"]]
        config.callConfig.timerUse = TIMER[settings["timer"]]
        config.callConfig.timerMinSESec = 90
        config.mediaConfig.transportConfig.boundAddress = "127.0.0.1"
        config.mediaConfig.transportConfig.port = settings["rtp"]
        return config

    def is_over(self, call):
        if self.on_hold is call:
            self.on_hold = None
        else:
            self.call, self.on_hold = self.on_hold, None

    def do(self, command, argument):
        op = pj.CallOpParam(True)
        if command == "transfer":
            self.call.xfer(argument, op)
        elif command == "dial_beside":
            self.on_hold, self.call = self.call, Call(self)
            self.call.makeCall(argument, op)
        elif command == "bring_together":
            self.on_hold.xferReplaces(self.call, op)
        elif command == "dial":
            self.call = Call(self)
            self.call.makeCall(argument, op)
        elif command == "lift":
            op.statusCode = pj.PJSIP_SC_OK
            self.call.answer(op)
        elif command == "early":
            op.statusCode = pj.PJSIP_SC_PROGRESS
            self.call.answer(op)
        elif command == "hang_up":
            if argument:
                op.statusCode = argument
            self.call.hangup(op)
        elif command == "hold":
            self.call.setHold(op)
        elif command == "resume":
            op.opt.flag = pj.PJSUA_CALL_UNHOLD
            self.call.reinvite(op)
        elif command == "press":
            keys = pj.CallSendDtmfParam()
            keys.digits, keys.method = argument["digits"], INFO if argument["info"] else RFC4733
            self.call.sendDtmf(keys)
        else:
            raise ValueError(command)

    def work(self):
        commands = queue.Queue()

        def read():
            for line in sys.stdin:
                commands.put(json.loads(line))
            commands.put(None)
        threading.Thread(target=read, daemon=True).start()
        tell("READY")
        while True:
            self.endpoint.libHandleEvents(10)
            try:
                asked = commands.get_nowait()
            except queue.Empty:
                continue
            if asked is None:
                break
            try:
                self.do(asked["command"], asked.get("argument"))
            except (pj.Error, AttributeError) as why:
                words = why.info() if isinstance(why, pj.Error) else f"there is no call ({why})"
                tell("DONE", token=asked["token"], error=words)
            else:
                tell("DONE", token=asked["token"], error=None)
        # The library asserts at the end of a process that its parts are taken down from its own threads.
        sys.stdout.flush()
        os._exit(0)


if __name__ == "__main__":
    Phone(json.loads(sys.argv[1])).work()
