"""The schemes of addresses that IANA registers, and the link relations."""

SCHEMES = frozenset(
    """aaa aaas about acap acct acd acr adiumxtra adt afp afs aim amss android appdata apt ark at
    attachment aw barion beshare bitcoin bitcoincash blob bolo browserext calculator callto cap cast
    casts chrome chrome-extension cid coap coap+tcp coap+ws coaps coaps+tcp coaps+ws
    com-eventbrite-attendee content crid cstr cvs dab dat data dav dhttp diaspora dict did dis
    dlna-playcontainer dlna-playsingle dns dntp doi dpp drm drop dtn dvb dvx dweb ed2k eid elsi embedded
    ens ethereum example facetime fax feed feedready fido file filesystem finger fish fm ftp fuchsia-pkg
    geo gg git gitoid gizmoproject go gopher graph gtalk h323 ham hcap hcp http https hxxp hxxps
    hydrazone hyper iax icap icon im imap info iotdisco ipfs ipn ipns ipp ipps irc irc6 ircs iris
    iris.beep iris.lwz iris.xpc iris.xpcs isostore itms jabber jar jms keyparc lastfm lbry ldap ldaps
    leaptofrogans lid lorawan lpa lvlt magnet mailserver mailto maps market matrix message mid mms modem
    mongodb moz ms-access ms-excel ms-help ms-settings ms-word msnim msrp msrps mss mt mtqp mumble
    mupdate mvn news nfs ni nih nntp notes num ocf oid onenote opaquelocktoken openid openpgp4fpr
    otpauth p1 pack palm paparazzi payment payto pkcs11 platform podcast pop pres prospero proxy psyc
    pttp pwid qb query quic-transport redis rediss reload res resource rmi rsync rtmfp rtmp rtsp rtsps
    rtspu scp secondlife service session sftp sgn shc shttp sieve simpleledger simplex sip sips skype
    smb smp sms smtp snews snmp soap.beep soap.beeps soldat spiffe spotify ssb ssh steam stun stuns
    submit svn swh swid swidpath tag taler teamspeak tel teliaeid telnet tftp things thismessage tip
    tn3270 tool turn turns tv udp unreal upn upt urn ut2004 uuid-in-package v-event vemmi ventrilo ves
    videotex view-source vnc vscode vsls w3 wais web3 wcr web+ap webcal wifi wpid ws wss wtai wyciwyg
    xcon xcon-userid xfire xftp xmlrpc.beep xmlrpc.beeps xmpp xrcp xri ymsgr z39.50 z39.50r z39.50s
   """.split()
)
RELATIONS = frozenset(
    """about acl alternate amphtml api-catalog appendix apple-touch-icon apple-touch-startup-image archives
    author blocked-by bookmark c2pa-manifest canonical chapter cite-as collection compression-dictionary
    contents convertedfrom copyright create-form current deprecation describedby describes disclosure
    dns-prefetch duplicate edit edit-form edit-media enclosure external first geofeed glossary help
    hosts hub ice-server icon index intervalafter intervalbefore intervalcontains intervaldisjoint
    intervalduring intervalequals intervalfinishedby intervalfinishes intervalin intervalmeets
    intervalmetby intervaloverlappedby intervaloverlaps intervalstartedby intervalstarts item last
    latest-version license linkset lrdd manifest mask-icon me media-feed memento micropub modulepreload
    monitor monitor-group next next-archive nofollow noopener noreferrer opener openid2.local_id
    openid2.provider original p3pv1 payment pingback preconnect predecessor-version prefetch preload
    prerender prev prev-archive preview previous privacy-policy profile publication rdap-active related
    replies restconf ruleinput search section self service service-desc service-doc service-meta
    sip-trunking-capability sponsored start status stylesheet subsection successor-version sunset tag
    terms-of-service timegate timemap type ugc up version-history via webmention working-copy
    working-copy-of""".split()
)
