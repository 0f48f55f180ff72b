namespace AudienceSync.Host.Sync.Ledger;

/// <summary>The sealed identifiers by which the members of a call are added or removed.</summary>
internal static class IdentifierSql
{
    public const string Added = """
        select d.person, d.revision, p.salt, v.key_version, v.cipher, false, false
        from unnest($1::uuid[], $2::int[]) as d(person, revision)
        cross join lateral (select r.salt from people r where r.person = d.person limit 1) p
        cross join lateral (select r.* from vault r where r.person = d.person and r.revision = d.revision limit 1) v
        """;

    // An address leads to its owner in three steps at most. It is kept when it belongs to another member now and was delivered for that
    // member here: email is 1 of the match keys, phone is 2.
    public const string Removed = """
        select d.person, d.revision, p.salt, v.key_version, v.cipher, coalesce(k.email, false), coalesce(k.phone, false)
        from unnest($1::uuid[], $2::int[]) as d(person, revision)
        cross join lateral (select r.salt from people r where r.person = d.person limit 1) p
        cross join lateral (select r.* from vault r where r.person = d.person and r.revision = d.revision limit 1) v
        left join lateral (
          select bool_or(a.digest = v.email and lv.email = v.email and l.omitted & 1 = 0) as email,
            bool_or(a.digest = v.phone and lv.phone = v.phone and l.omitted & 2 = 0) as phone
          from (values (v.email), (v.phone)) as x(digest)
          cross join lateral (select r.* from person_aliases r where r.digest = x.digest limit 1) a
          left join people p1 on p1.person = coalesce(a.owner, a.anchor)
          left join people p2 on p2.person = p1.owner
          join ledger l on l.binding_id = $3 and l.person = coalesce(p2.owner, p1.owner, p1.person) and l.status in (1, 2)
          join vault lv on lv.person = l.person and lv.revision = l.revision
          where l.person <> d.person) k on true
        """;
}
