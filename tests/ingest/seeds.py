"""Small items in every format that is read, written here: what the fuzzing test breaks.

Each holds what its reader looks at (status, embargo, subjects, several dates), so that breaking it reaches
the branches that a plain item never would.
"""

from __future__ import annotations

import gzip
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq

from tests.ingest.readers.test_mediawiki import STORY, dump, page
from tests.ingest.readers.test_pdf import column, pdf, text
from tests.ingest.readers.test_warc import archive
from tests.ingest.readers.test_warc import page as web_page

_HTML = (
    '<!doctype html><html lang="fr"><head><title>Un titre | Le Site</title><link rel="canonical" '
    'href="https://example.org/2020/01/02/un-titre"><meta property="article:published_time" '
    'content="2020-01-02T03:04:05+01:00"><meta name="author" content="A. Auteur"><script type='
    '"application/ld+json">{"@type":"NewsArticle","headline":"Un titre","datePublished":"2020-01-02T03:04:05Z",'
    '"author":[{"name":"A. Auteur"}],"keywords":["a","b"]}</script></head><body><article><h1>Un titre</h1><p>Le '
    "conseil s'est réuni lundi à Genève et a décidé de réparer les routes de la ville avant l'hiver.</p><table><tr>"
    "<td>1</td><td>2</td></tr></table><p>La maire s'est dite satisfaite &amp; soulagée du vote de l'assemblée.</p>"
    "</article></body></html>"
).encode()

_G2 = b"""<?xml version="1.0" encoding="UTF-8"?>
<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header><sent>2020-01-02T03:04:05Z</sent></header><itemSet>
<newsItem guid="urn:newsml:x.com:2020:1" version="2" standard="NewsML-G2" standardversion="2.29" xml:lang="en">
<itemMeta><itemClass qcode="ninat:text"/><provider qcode="nprov:X"><name>X Agency</name></provider>
<versionCreated>2020-01-02T03:04:05+01:00</versionCreated><firstCreated>2020-01-01</firstCreated>
<embargoed>2020-01-03T00:00:00Z</embargoed><pubStatus qcode="stat:usable"/><edNote>Note</edNote>
<link rel="irel:seeAlso" residref="urn:newsml:x.com:2019:9"/></itemMeta>
<contentMeta><urgency>4</urgency><contentCreated>2020-01-01T00:00:00Z</contentCreated><located><name>Rome</name>
</located><creator><name>A Writer</name></creator><genre qcode="genre:Current"/><language tag="en"/>
<subject type="cpnat:abstract" qcode="medtop:11000000"><name xml:lang="de">Politik</name></subject>
<subject type="cpnat:person"><name>Ann Lee</name></subject><slugline>A-SLUG</slugline><headline>A headline</headline>
<dateline>ROME, Jan 2</dateline><by>By A Writer</by></contentMeta>
<contentSet><inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><body>
<p>ROME (X) - The council met.</p><table><tr><td>1</td><td>2</td></tr></table></body></html></inlineXML></contentSet>
</newsItem><packageItem guid="urn:p" version="1"><groupSet root="g"/></packageItem>
<conceptItem guid="urn:c" version="1"/></itemSet></newsMessage>"""

_NEWSML1 = b"""<?xml version="1.0" encoding="iso-8859-1"?>
<NewsML Version="1.2"><Catalog Href="http://x"/><NewsEnvelope><DateAndTime>20200102T030405Z</DateAndTime>
</NewsEnvelope><NewsItem xml:lang="en"><Identification><NewsIdentifier><ProviderId>afp.com</ProviderId>
<DateId>20200102</DateId><NewsItemId>TX-1</NewsItemId><RevisionId PreviousRevision="1" Update="N">2</RevisionId>
<PublicIdentifier>urn:newsml:afp.com:20200102:TX-1:2</PublicIdentifier></NewsIdentifier></Identification>
<NewsManagement><NewsItemType FormalName="News"/><FirstCreated>20200101T000000</FirstCreated>
<ThisRevisionCreated>20200102T030405+0100</ThisRevisionCreated><Status FormalName="Usable"/>
<Urgency FormalName="4"/><StatusWillChange><FutureStatus FormalName="Usable"/><DateAndTime>20200103T000000Z
</DateAndTime></StatusWillChange><Instruction FormalName="Update"/></NewsManagement>
<NewsComponent><NewsLines><HeadLine>A headline</HeadLine><SlugLine>A-SLUG</SlugLine><ByLine>By A</ByLine>
<DateLine>ROME, Jan 2</DateLine><NewsLine><NewsLineType FormalName="AdvisoryLine"/><NewsLineText>Note</NewsLineText>
</NewsLine></NewsLines><AdministrativeMetadata><Provider><Party FormalName="AFP"/></Provider>
</AdministrativeMetadata><DescriptiveMetadata><Language FormalName="en"/><Genre FormalName="Current"/>
<SubjectCode><Subject FormalName="11000000"/></SubjectCode><Location><Property FormalName="City" Value="Rome"/>
</Location></DescriptiveMetadata><ContentItem><MediaType FormalName="Text"/><DataContent><p>ROME, caf\xe9.</p>
<p>More.</p></DataContent></ContentItem></NewsComponent></NewsItem></NewsML>"""

_NITF = b"""<?xml version="1.0"?><!DOCTYPE nitf SYSTEM "nitf-3-2.dtd">
<nitf baselang="en"><head><title>A title</title><meta name="anpa-keyword" content="BC-SLUG"/><tobject
tobject.type="news"><tobject.property tobject.property.type="Current"/><tobject.subject
tobject.subject.refnum="11000000" tobject.subject.type="Politics"/></tobject><docdata management-status="usable"
management-doc-idref="x.0" management-idref-status="canceled"><doc-id id-string="x.1" regsrc="AP"/><urgency
ed-urg="4"/><date.issue norm="20200102T030405-0500"/><date.release norm="20200103T000000Z"/><du-key key="x"/>
<ed-msg info="Note"/><identified-content><person>Ann Lee</person><org>UN</org></identified-content><key-list>
<keyword key="a"/></key-list></docdata><revision-history norm="20200101T000000Z" comment="first"/></head><body>
<body.head><hedline><hl1>A headline</hl1></hedline><byline>By A <byttl>Writer</byttl></byline><dateline><location>
Rome</location><story.date norm="20200102"/></dateline></body.head><body.content><p>The <em>council</em> met.</p>
<table><tr><td>1</td></tr></table><pre>a  b</pre></body.content></body></nitf>"""

_RITZAU = """<RBNews><NewsID>n1</NewsID><version>2</version><PublishDate>2020-01-02T03:04:05.397</PublishDate>
<Annuleret>false</Annuleret><replacedID>n0</replacedID><headline>En overskrift</headline><strapline>NU</strapline>
<sectionShort>U</sectionShort><section>Udland</section><town>Haag</town><Priority>3</Priority><format>Flash</format>
<content>&lt;p&gt;Rådet mødtes.&lt;/p&gt;</content><IPTCList><IPTC>11000000</IPTC></IPTCList></RBNews>""".encode()

_JIMI = b"""<Publish><PublishDateTime>2020-01-02T03:04:05</PublishDateTime><ContentItem><SystemSlug>S1</SystemSlug>
<ContentType>Text</ContentType><Language>1</Language><UpdatedDateTime>2020-01-02T03:04:05</UpdatedDateTime>
<EmbargoTime>0001-01-01T00:00:00</EmbargoTime><HoldFlag>false</HoldFlag><TrashFlag>false</TrashFlag><Headline>A
headline</Headline><SlugProper>BC-X</SlugProper><Placeline>Ottawa;Ontario</Placeline><Keyword>a,b</Keyword>
<RankingValue>4</RankingValue><ContentText>&lt;p&gt;The council met.&lt;/p&gt;</ContentText></ContentItem></Publish>"""

_REUTERS = b"""<!DOCTYPE lewis SYSTEM "lewis.dtd">
<REUTERS TOPICS="YES" LEWISSPLIT="TRAIN" CGISPLIT="TRAINING-SET" OLDID="5544" NEWID="1">
<DATE>26-FEB-1987 15:01:01.79</DATE><TOPICS><D>cocoa</D></TOPICS><PLACES><D>usa</D></PLACES><PEOPLE></PEOPLE>
<ORGS></ORGS><EXCHANGES></EXCHANGES><COMPANIES></COMPANIES><UNKNOWN>&#5;&#5;&#5;C T&#22;f0704</UNKNOWN>
<TEXT>&#2;<TITLE>A TITLE</TITLE><DATELINE>    ROME, Feb 26 - </DATELINE><BODY>The council met &lt;today>.
    More of it.
 Reuter
&#3;</BODY></TEXT>
</REUTERS>
"""

_ANPA = (
    b"\x16\x16\x01W2870\x1fasian\nu i\x13\x11 BC-Test     11-13 0049\n\x02^BC-Test, 1st Ld-Writethru,46<\n"
    b"^A headline <\n^Eds: Recasts.<\n^By A WRITER=\n^Associated Press=\n\t   ROME (AP) _ ``Yes,'' he said.\n\n"
    b"\t   \x03AP-WF-11-13-13 1509GMT<\n\n\x0c\n\x04"
)

_IPTC = (
    b"\x01eca062 4 i 21 ccccb   dpa 061\r\n\r\nGermany-politics/\r\n\x02Talks could fail =\r\n\r\n"
    b"   Berlin (dpa) - Negotiations could fail, a member\r\nwarned Wednesday.\r\n\x03131137 GMT Nov 13\r\n\x7f\x04"
)

_MAIL = (
    b"From desk@example.org Thu Jan  2 03:04:05 2020\nFrom: =?utf-8?q?Caf=C3=A9?= Desk <desk@example.org>\n"
    b"To: all@example.org\nSubject: =?iso-8859-1?q?Caf=E9?= opens\nMessage-ID: <1@example.org>\n"
    b"Date: Thu, 02 Jan 2020 03:04:05 +0100\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n"
    b"--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nThe caf=C3=A9 "
    b"opened.\n\n--b\nContent-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: base64\n\n"
    b"PHA+VGhlIGNhZmUgb3BlbmVkLjwvcD4=\n--b--\n"
)

_RSS = b"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>T</title><link>https://www.example.org</link><language>en</language><item><guid>urn:r:1</guid>
<title>A &amp; B</title><link>https://example.org/1</link><pubDate>Thu, 02 Jan 2020 03:04:05 GMT</pubDate>
<category>x</category><dc:creator>A</dc:creator><description><![CDATA[<p>The council met.</p>]]></description></item>
</channel></rss>"""

_ATOM = b"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>T</title><id>urn:f</id>
<updated>2020-01-02T03:04:05Z</updated><entry><id>urn:a:1</id><title type="html">A &lt;b&gt;title&lt;/b&gt;</title>
<link href="https://example.org/1"/><updated>2020-01-02T03:04:05Z</updated><published>2020-01-01T00:00:00Z</published>
<author><name>A</name></author><category term="x"/><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">
<p>The council met.</p></div></content></entry></feed>"""

_JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1", "title": "T", "home_page_url": "https://example.org",
    "language": "en",
    "items": [{"id": "1", "url": "https://example.org/1", "title": "A title", "content_html": "<p>It met.</p>",
               "date_published": "2020-01-02T03:04:05Z", "authors": [{"name": "A"}], "tags": ["x"]}],
}  # fmt: skip

_NINJS = {
    "uri": "urn:newsml:example.org:1", "type": "text", "version": "2", "versioncreated": "2020-01-02T03:04:05Z",
    "firstcreated": "2020-01-01T00:00:00Z", "pubstatus": "usable", "urgency": 4, "language": "en",
    "headline": "A <b>headline</b>", "slugline": "A-SLUG", "byline": "By A", "located": "Rome", "ednote": "Note",
    "embargoed": "2020-01-03T00:00:00Z", "body_text": "The council met.", "body_html": "<p>The council met.</p>",
    "subject": [{"code": "11000000", "scheme": "medtop", "name": "Politics"}], "person": [{"name": "Ann Lee"}],
    "place": [{"name": "Rome", "code": "x"}], "organisation": [{"name": "UN"}], "genre": [{"name": "Current"}],
    "altids": {"itemid": "x1", "etag": "y"}, "infosource": [{"name": "X"}], "service": [{"name": "s"}],
    "associations": {"featured": {"uri": "urn:p", "type": "picture", "headline": "P"}},
}  # fmt: skip

_NINJS_3 = {
    "uri": "urn:newsml:example.org:3", "versionCreated": "2020-01-02T03:04:05Z", "pubStatus": "usable",
    "embargoedUntil": "2020-01-03T00:00:00Z", "headlines": [{"role": "main", "value": "A headline"}],
    "bodies": [{"contentType": "text/html", "value": "<p>The council met.</p>"}], "edNote": "N", "by": "A",
    "subjects": [{"name": "Politics", "uri": "http://cv.iptc.org/newscodes/mediatopic/11000000"}],
}  # fmt: skip

_AP = {
    "api_version": "1.1", "data": {"item": _NINJS | {"bylines": [{"by": "By A"}], "version": 3, "renditions": {},
    "headline_extended": "A longer headline", "links": [{"rel": "canonical", "href": "https://x"}],
    "subject": [{"code": "e", "name": "Entertainment", "rels": ["direct"]}]}},
    "nitf": {"body_html": "<block><p>The council met.</p></block>"},
}  # fmt: skip

_JSONL = {
    "guid": "g1", "title": "A title", "body": ["One.", "Two."], "metadata": {"published": "2020-01-02"},
    "author": {"name": "A"}, "tags": ["x", {"name": "y"}], "priority": 4, "embargo": "2020-01-03", "timestamp": 1e9,
}  # fmt: skip

_CSV = (
    b"id,title,text,date,language,tags\n"
    b'1,A headline,"First line, with a comma.\n\nSecond ""paragraph"".",1987-03-26,en,a;b\n'
    b"2,Une manchette,Un texte.,1987-03-27T10:00:00+02:00,fr,\n"
)

_MARKDOWN = (
    b"---\ntitle: A title\ndate: 2020-01-02T03:04:05Z\nauthor: A\ntags: [a, b]\nlang: en\n---\n\n# A title\n\n"
    b"The **council** met in [Rome](https://example.org).\n\n- one\n- two\n"
)
_PLAIN = "A headline\n\n26 March 1987\n\nGENÈVE (X) - Le conseil s'est réuni.\n\nFin.\n".encode("cp1252")


def _arc() -> bytes:
    page_ = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + _HTML
    head = b"1 0 Crawler\nURL IP-address Archive-date Content-type Archive-length\n"
    return (
        f"filedesc://x.arc 0.0.0.0 20200201000000 text/plain {len(head)}\n".encode() + head
        + f"\nhttps://example.org/un-titre 1.2.3.4 20200201000000 text/html {len(page_)}\n".encode() + page_ + b"\n"
    )  # fmt: skip


def _parquet() -> bytes:
    buffer = io.BytesIO()
    columns = {
        "id": ["1", "2"], "title": ["A", "B"], "text": ["One.", "Two."], "date": ["2020-01-02", "2020-01-03"],
        "tags": [["a"], None], "priority": [4, None],
    }  # fmt: skip
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def _lines(*values: object) -> bytes:
    return "\n".join(json.dumps(value, ensure_ascii=False) for value in values).encode()


_MESSAGE = {"uri": "urn:k", "versioncreated": "2020-01-02T03:04:05Z", "headline": "KILL KILL KILL",
            "body_text": 'Please kill item dpa 157, "Minister resigns over loan".'}  # fmt: skip

# By the name of the reader that must take each for its own.
SEEDS: dict[str, tuple[bytes, ...]] = {
    "parquet": (_parquet(),),
    "pdf": (pdf(text(60, 740, "A headline", 20) + column(60, ["The", "council", "met."] * 8)),),
    "warc": (archive(web_page(), web_page(2, **{"Content-Encoding": "gzip"})), _arc()),
    "reuters21578": (_REUTERS,),
    "anpa1312": (_ANPA, _ANPA * 2),
    "iptc7901": (_IPTC,),
    "mail": (_MAIL,),
    "newsml-g2": (_G2,),
    "newsml": (_NEWSML1,),
    "nitf": (_NITF, _NITF + _NITF),
    "ritzau": (_RITZAU,),
    "jimi": (_JIMI,),
    "mediawiki": (dump(page("Mayor opens bridge", STORY)),),
    "rss": (_RSS, _ATOM, _lines(_JSON_FEED)),
    "apapi": (_lines(_AP), json.dumps(_AP, indent=1).encode()),
    "ninjs": (_lines(_NINJS, _NINJS_3, _MESSAGE), json.dumps([_NINJS], indent=1).encode()),
    "jsonl": (_lines(_JSONL, {"id": 2, "text": "B.", "date": "2020"}),),
    "html": (_HTML,),
    "csv": (_CSV,),
    "plain": (_MARKDOWN, _PLAIN, "Titre\n\n2020-01-02\n\nTexte.".encode("utf-16")),
}


def packed() -> dict[str, bytes]:
    """A feed of two files under each of the layers that are removed."""
    import bz2
    import lzma
    import tarfile
    import zipfile

    from backports import zstd

    files = {"a/one.jsonl": _lines(_JSONL), "b/two.xml": _NITF}
    zipped, tarred = io.BytesIO(), io.BytesIO()
    with (
        zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive_,
        tarfile.open(fileobj=tarred, mode="w") as tar,
    ):
        for name, content in files.items():
            archive_.writestr(name, content)
            header = tarfile.TarInfo(name)
            header.size = len(content)
            tar.addfile(header, io.BytesIO(content))
    raw = files["a/one.jsonl"]
    return {
        "zip": zipped.getvalue(), "tar": tarred.getvalue(), "tar.gz": gzip.compress(tarred.getvalue(), mtime=0),
        "zip.gz": gzip.compress(zipped.getvalue(), mtime=0), "gz": gzip.compress(raw, mtime=0),
        "bz2": bz2.compress(raw), "xz": lzma.compress(raw, preset=0), "zst": zstd.compress(raw),
    }  # fmt: skip
