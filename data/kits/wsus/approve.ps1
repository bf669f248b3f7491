# approve.ps1 - makes a group of computers in WSUS, and approves one update for it.
#
# usage, on the WSUS server, as a member of WSUS Administrators:
#     powershell -NoProfile -File approve.ps1 -WhatIf    says what it would do, and does nothing
#     powershell -NoProfile -File approve.ps1
#
# It approves this one update for this one group. It declines nothing, changes no other approval, and
# moves no computer out of another group. It may be run again.
#
# It ends with 0: done; 1: not all computers are known to WSUS; 2: WSUS has no such update.
[CmdletBinding(SupportsShouldProcess = $true)]
param([string]$Group = 'quell <%campaign%>')
$ErrorActionPreference = 'Stop'
$number = '<%kb%>'
$here = Split-Path -Parent $MyInvocation.MyCommand.Path

Import-Module UpdateServices
$server = Get-WsusServer

# --- the one update: of the same number there is one for each Windows ---

$updates = @($server.SearchUpdates($number) | Where-Object { $_.KnowledgebaseArticles -contains $number -and -not $_.IsDeclined })
if ($updates.Count -eq 0) {
    Write-Warning ('WSUS has no update ' + $number + ' that is not declined: import it from the Microsoft Update Catalog, or synchronize.')
    exit 2
}
$updates | ForEach-Object { Write-Output ('update: ' + $_.Title) }

# --- the group ---

$known = @($server.GetComputerTargetGroups() | Where-Object { $_.Name -eq $Group })
if ($known.Count -eq 0 -and $PSCmdlet.ShouldProcess($Group, 'make a computer group')) {
    [void]$server.CreateComputerTargetGroup($Group)
}

$missing = @()
foreach ($machine in @(Import-Csv -LiteralPath (Join-Path $here 'machines.csv') -Encoding UTF8)) {
    # Without a computer Get-WsusComputer answers with a text.
    $found = @(Get-WsusComputer -UpdateServer $server -NameIncludes $machine.host |
        Where-Object { $_ -isnot [string] -and ($_.FullDomainName -eq $machine.host -or ($_.FullDomainName -split '\.')[0] -eq $machine.name) })
    if ($found.Count -ne 1) {
        $missing += $machine.host
        continue
    }
    if ($PSCmdlet.ShouldProcess($machine.host, 'add to ' + $Group)) {
        $found[0] | Add-WsusComputer -TargetGroupName $Group
    }
}

# --- the approval ---

foreach ($update in $updates) {
    if (-not $PSCmdlet.ShouldProcess($update.Title, 'approve for ' + $Group)) { continue }
    if ($update.RequiresLicenseAgreementAcceptance) { $update.AcceptLicenseAgreement() }
    Get-WsusUpdate -UpdateServer $server -UpdateId $update.Id.UpdateId | Approve-WsusUpdate -Action Install -TargetGroupName $Group
}

foreach ($name in $missing) { Write-Warning ('not known to WSUS, or more than one: ' + $name) }
if ($missing.Count -gt 0) { exit 1 }
exit 0
