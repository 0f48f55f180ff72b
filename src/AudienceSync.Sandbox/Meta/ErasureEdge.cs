using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.Meta;

/// <summary><c>DELETE /act_{id}/usersofanyaudience</c>, contract 8.2: removes people from every customer list of the account.</summary>
internal sealed class ErasureEdge(MetaPlatform platform, MetaFaults faults, CallLog calls, TimeProvider clock)
{
    public async Task HandleAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["account"]!;
        using var parameters = await GraphParameters.ReadAsync(context.Request);
        var account = platform.FindAccount(id);
        var now = clock.GetUtcNow();
        var call = new MetaCall(context, platform, calls, now, null) { Operation = "erase", TargetExists = account is not null };
        if (Admission.Admit(call, context.Request, parameters, platform, (id, account), now) is { } refused)
        {
            await call.RefuseAsync(refused);
            return;
        }

        using var upload = new UsersUpload();
        var error =
            parameters.Error
            ?? parameters.ValidateWrite(context.Request, id, overrides: false, "payload", "namespace")
            ?? UsersPayload.Read(parameters, upload);
        call.Rows = upload.Received;
        var (fault, ended) = await faults.InjectAsync(call, null, FaultOperation.Erase);
        if (ended)
        {
            return;
        }

        if (error is not null)
        {
            await call.RefuseAsync(error);
            return;
        }

        MetaFaults.ApplyFault(upload, fault);
        var removed = account!.Audiences.Sum(audience => audience.Erase(upload.Rows));
        call.Effect = new CallEffect(0, removed, upload.Invalid, upload.EmptyHashes);
        await call.CompleteAsync(() =>
            call.RespondAsync(json =>
                UsersResponse.Write(json, platform, ("account_id", account.Number), upload, upload.Received, static () => false)
            )
        );
    }
}
